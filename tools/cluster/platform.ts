import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { execa } from "execa";
import { Fault } from "../fault.ts";
import { ensurePrograms } from "../toolchain.ts";
import { platformImages, versionIn } from "./images.ts";
import { kubeconfigPath, NODE_NAME } from "./layout.ts";
import { type PlatformDeployment, platformDeployments, platformManifests } from "./platform/index.ts";
import { complaint, isReadySince, isStale } from "./pods.ts";
import { until } from "./wait.ts";

/** Applies the platform. What is as it should be stays untouched. */
export async function applyPlatform(): Promise<void> {
  const { kubectl } = await ensurePrograms(["kubectl"]);
  const items = await platformManifests(await platformImages());
  const flags = [
    "--kubeconfig",
    kubeconfigPath,
    "--server-side",
    "--force-conflicts",
    "--field-manager",
    "pressurevalve",
  ];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const result = await execa(kubectl, ["apply", ...flags, "-f", "-"], { input, reject: false });
  if (result.failed) {
    throw new Fault(`the platform could not be applied: ${result.stderr}`, 3);
  }
}

/**
 * Waits until the node and the platform are ready, and until the API server's word on every other pod is not
 * from before the start.
 *
 * @throws Fault that names the pods which are not
 */
export async function platformReady(started: Date): Promise<void> {
  const settled = async () =>
    (await isNodeReady(started)) &&
    (await isPlatformReady(started)) &&
    !(await pods()).some((pod) => isStale(pod, started));
  await until("the node and the platform to be ready", settled).catch(async (cause) => {
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
