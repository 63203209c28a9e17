import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, type KubernetesObjectApi, PatchStrategy, type V1Job } from "@kubernetes/client-node";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { asDeployed, fieldManager } from "./object.ts";
import { isOurs } from "./ours.ts";
import { judge } from "./verdict.ts";

/** What is needed of the API server. */
export type Objects = Pick<KubernetesObjectApi, "read" | "patch" | "delete">;

/** The Job of this name that has failed already, in an earlier run of the same content. */
export async function failedJob(manifest: Manifest, api: Objects): Promise<V1Job | undefined> {
  if (manifest.kind !== "Job") return undefined;
  const job = await live(manifest, api);
  return job !== undefined && isOurs(job) && judge(job).kind === "failed" ? job : undefined;
}

/**
 * Makes a failed Job anew. Its name is its content and its state is unchanged, so Pulumi sees nothing to do; and
 * `pulumi.com/replaceUnready` does not help what is retained on delete.
 */
export async function makeAgain(manifest: Manifest, api: Objects): Promise<void> {
  const target = identity(manifest);
  // Its pods go first, so that the diagnosis of the new Job does not find them.
  await api.delete(target, undefined, undefined, undefined, undefined, "Foreground");
  await gone(manifest, api);
  await api.patch(
    asDeployed(manifest),
    undefined,
    undefined,
    fieldManager,
    undefined,
    PatchStrategy.ServerSideApply,
  );
}

async function gone(manifest: Manifest, api: Objects): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if ((await live(manifest, api)) === undefined) return;
    await sleep(1000);
  }
  const { name, namespace } = manifest.metadata;
  throw new Error(
    `Job ${name} failed in an earlier run and cannot be removed; see what holds it: ` +
      `kubectl get job ${name} -n ${namespace} -o yaml`,
  );
}

async function live(manifest: Manifest, api: Objects): Promise<V1Job | undefined> {
  try {
    return await api.read(identity(manifest));
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}

function identity({ apiVersion, kind, metadata: { name, namespace = "default" } }: Manifest) {
  return { apiVersion, kind, metadata: { name, namespace } };
}
