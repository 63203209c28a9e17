import { ApiException, AppsV1Api, CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import type { Manifest, RenderedService } from "../../../constructs/kubernetes/manifest.ts";
import { Fault } from "../../../tools/fault.ts";
import { isOurs, type Labelled } from "./ours.ts";

/**
 * Refuses to make a Rollout beside the Deployment that runs, or the other way round: until Pulumi takes the old one
 * away at the very end, both would own the service's pods. https://github.com/argoproj/argo-rollouts/issues/3431
 *
 * @throws Fault (exit code 2) that names every such service, and how to change over.
 */
export async function refuseChangedKinds(
  rendered: readonly RenderedService[],
  cluster: KubeConfig,
): Promise<void> {
  const manifests = rendered.flatMap(({ manifests }) => manifests).filter(({ kind }) => kind in otherKind);
  const found = await Promise.all(
    manifests.map(async (manifest) => ({ manifest, other: await other(manifest, cluster) })),
  );
  const refusals = found.flatMap(({ manifest, other }) => changedKind(manifest, other));
  if (refusals.length > 0) throw new Fault(refusals.join("\n"), 2);
}

/** What there is to say of a workload beside which an object of the other kind, or none, lives. */
export function changedKind({ kind, metadata }: Manifest, other: Labelled | undefined): string[] {
  if (other === undefined || !isOurs(other)) return [];
  const { name, namespace } = metadata;
  const before = otherKind[kind];
  const resource = before === "Rollout" ? "rollouts.argoproj.io" : "deployment";
  return [
    `${name}: it runs as a ${before}, and its rollout makes it a ${kind}; one cannot take over from the other without ` +
      `a break, so leave rollout.kind as it was, or take the old one away first, with ${name} down until the new one is ` +
      `ready: kubectl delete ${resource} ${name} -n ${namespace} && npx pulumi refresh --yes && npx pulumi up`,
  ];
}

const otherKind: Readonly<Record<string, "Deployment" | "Rollout">> = {
  Deployment: "Rollout",
  Rollout: "Deployment",
};

/** The live object of the same name and the other kind. */
async function other({ kind, metadata }: Manifest, cluster: KubeConfig): Promise<Labelled | undefined> {
  const { name, namespace = "default" } = metadata;
  try {
    if (kind === "Rollout")
      return await cluster.makeApiClient(AppsV1Api).readNamespacedDeployment({ name, namespace });
    const rollouts = { group: "argoproj.io", version: "v1alpha1", plural: "rollouts" };
    return await cluster
      .makeApiClient(CustomObjectsApi)
      .getNamespacedCustomObject({ ...rollouts, name, namespace });
  } catch (error) {
    // Also where the cluster knows no Rollouts at all.
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
