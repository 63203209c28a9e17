import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** Whether a pod says that it is ready, and is not on its way out. */
export function isReady({ metadata, status }: V1Pod): boolean {
  return (
    !metadata?.deletionTimestamp &&
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true
  );
}

/**
 * Whether a pod is ready and its containers run since `started`. After a stop the API server goes on saying
 * what was true before it, until the kubelet has looked.
 */
export function isReadySince(pod: V1Pod, started: Date): boolean {
  return isReady(pod) && containers(pod).every((container) => runsSince(container, started));
}

/** Whether what the API server says of a pod is from before `started`. */
export function isStale(pod: V1Pod, started: Date): boolean {
  return isReady(pod) && !isReadySince(pod, started);
}

/** Why a pod is not ready, in Kubernetes' own words. */
export function complaint(pod: V1Pod): string {
  const words = containers(pod)
    .flatMap(({ state }) => [state?.waiting, state?.terminated])
    .filter((state) => state !== undefined);
  const said = words.map(({ reason, message }) => [reason, message].filter(Boolean).join(": "));
  const name = `${pod.metadata?.namespace}/${pod.metadata?.name}`;
  return `${name}: ${said.join("; ") || pod.status?.conditions?.find(({ message }) => message)?.message || pod.status?.phase}`;
}

function containers(pod: V1Pod): V1ContainerStatus[] {
  return pod.status?.containerStatuses ?? [];
}

/** Kubernetes counts whole seconds. */
function runsSince({ state }: V1ContainerStatus, started: Date): boolean {
  const since = state?.running?.startedAt;
  return since !== undefined && since.getTime() >= Math.floor(started.getTime() / 1000) * 1000;
}
