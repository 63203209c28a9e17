import { moduleFile } from "../../toolchain.ts";
import { edited, type Manifest, readManifests } from "./manifest.ts";

const namespace = "argo-rollouts";
const clusterScoped = new Set(["ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition"]);

/** Argo Rollouts as its own module installs it, with our image. */
export async function argoRollouts(image: string): Promise<Manifest[]> {
  const upstream = await readManifests(await moduleFile("rollouts-controller", "manifests/install.yaml"));
  const placed = upstream.map((manifest) =>
    clusterScoped.has(manifest.kind)
      ? manifest
      : { ...manifest, metadata: { ...manifest.metadata, namespace } },
  );
  const ours = edited(placed, "Deployment", "argo-rollouts", (deployment) => {
    const [container] = deployment.spec.template.spec.containers;
    Object.assign(container, { image, imagePullPolicy: "IfNotPresent" });
    container.readinessProbe = { httpGet: { path: "/healthz", port: "healthz" }, periodSeconds: 1 };
  });
  return [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, ...ours];
}
