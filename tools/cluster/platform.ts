import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { execa } from "execa";
import { Fault } from "../fault.ts";
import { ensurePrograms } from "../toolchain.ts";
import { platformImages, versionIn } from "./images.ts";
import { kubeconfigPath, NODE_NAME } from "./layout.ts";
import {
  meshManifests,
  type PlatformDeployment,
  platformDeployments,
  platformManifests,
} from "./platform/index.ts";
import type { Manifest } from "./platform/manifest.ts";
import { complaint, isReadySince, isStale } from "./pods.ts";
import { until } from "./wait.ts";

/**
 * Applies the platform and waits until it is ready. What is as it should be stays untouched.
 *
 * @throws Fault with what Kubernetes refuses, or the pods that are not ready
 */
export async function installPlatform(started: Date): Promise<void> {
  const { failed, stderr } = await apply(await platformManifests(await platformImages()));
  if (failed) throw refused(stderr);
  await ready("istiod to answer", started, async () => (await istiodReady(started)) && (await applyMesh()));
  await ready("the node and the platform to be ready", started, () => isSettled(started));
}

/** Whether istiod took what it has to check. Between its readiness and the first answer lies the Service's own pace. */
async function applyMesh(): Promise<boolean> {
  const { failed, stderr } = await apply(meshManifests());
  if (failed && !stderr.includes("failed calling webhook")) throw refused(stderr);
  return !failed;
}

async function istiodReady(started: Date): Promise<boolean> {
  return (await platformStates(started)).some(({ name, ready }) => name === "istiod" && ready);
}

async function apply(items: readonly Manifest[]): Promise<{ failed: boolean; stderr: string }> {
  const { kubectl } = await ensurePrograms(["kubectl"]);
  const flags = [
    "--kubeconfig",
    kubeconfigPath,
    "--server-side",
    "--force-conflicts",
    "--field-manager",
    "pressurevalve",
  ];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  return execa(kubectl, ["apply", ...flags, "-f", "-"], { input, reject: false });
}

function refused(words: string): Fault {
  return new Fault(`the platform could not be applied: ${words}`, 3);
}

/** The node and the platform are ready, and the API server's word on every other pod is not from before the start. */
async function isSettled(started: Date): Promise<boolean> {
  return (
    (await isNodeReady(started)) &&
    (await isPlatformReady(started)) &&
    !(await pods()).some((pod) => isStale(pod, started))
  );
}

/** Waits, and names the pods that are not ready when it was in vain. */
async function ready(what: string, started: Date, ask: () => Promise<boolean>): Promise<void> {
  await until(what, ask).catch(async (cause) => {
    if (cause instanceof Fault) throw cause;
    const unready = (await pods()).filter((pod) => !isReadySince(pod, started));
    throw new Fault(`${cause.message}; not ready:\n${unready.map(complaint).join("\n")}`, 3, { cause });
  });
}

/** Whether every Deployment of the platform has a pod that is ready since then. */
export async function isPlatformReady(started: Date): Promise<boolean> {
  return (await platformStates(started)).every(({ ready }) => ready);
}

/** A Deployment of the platform, whether it has a pod that is ready, and the version of that pod's program. */
type PlatformState = PlatformDeployment & { readonly ready: boolean; readonly version?: string };

/** Which Deployments of the platform have a pod that is ready since then. */
export async function platformStates(started: Date): Promise<PlatformState[]> {
  const ready = (await pods()).filter((pod) => isReadySince(pod, started));
  return platformDeployments.map((deployment) => {
    const pod = ready.find((pod) => belongs(pod, deployment));
    return { ...deployment, ready: pod !== undefined, ...(pod && { version: imageVersion(pod) }) };
  });
}

function imageVersion({ spec }: V1Pod): string {
  return versionIn(spec?.containers[0]?.image ?? "");
}

/** Whether the node is ready, by its own word of after the start. */
async function isNodeReady(started: Date): Promise<boolean> {
  const nodes = (await api().listNode()).items;
  const ready = nodes
    .find(({ metadata }) => metadata?.name === NODE_NAME)
    ?.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && (ready.lastHeartbeatTime?.getTime() ?? 0) >= started.getTime() - 1000;
}

function belongs(pod: V1Pod, { namespace, name }: PlatformDeployment): boolean {
  return pod.metadata?.namespace === namespace && pod.metadata.name?.startsWith(`${name}-`) === true;
}

async function pods(): Promise<V1Pod[]> {
  return (await api().listPodForAllNamespaces()).items;
}

function api(): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  return config.makeApiClient(CoreV1Api);
}
