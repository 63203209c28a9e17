import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** Whether a pod stands in the way: meant to run, and not ready. */
export function isFailing({ metadata, status }: V1Pod): boolean {
  if (metadata?.deletionTimestamp !== undefined || status?.phase === "Succeeded") return false;
  return !status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
}

/** What a pod's status says is wrong with it: not scheduled, or the state of each container that is not ready. */
export function podTroubles({ status }: V1Pod): string[] {
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  const scheduling = unscheduled === undefined ? [] : [`${unscheduled.reason}: ${unscheduled.message}`];
  return [...scheduling, ...containers(status).flatMap(containerTroubles)];
}

/** A pod without the messages that its programs left when they ended. */
export function withoutItsWords(pod: V1Pod): V1Pod {
  const silent = structuredClone(pod);
  for (const { state, lastState } of containers(silent.status)) {
    delete state?.terminated?.message;
    delete lastState?.terminated?.message;
  }
  return silent;
}

/** Whether an event is in the cluster's own words; this reason repeats what a probe printed. */
export function isOfCluster({ reason }: CoreV1Event): boolean {
  return reason !== "Unhealthy";
}

/** The containers of a pod that have run and are not well, whose logs are worth reading. */
export function loggingContainers({ status }: V1Pod): V1ContainerStatus[] {
  return containers(status).filter(({ ready, state, lastState }) => {
    const ended = state?.terminated?.exitCode ?? lastState?.terminated?.exitCode;
    return !ready && ended !== 0 && (state?.waiting === undefined || ended !== undefined);
  });
}

/**
 * The last warning of each kind among a pod's events: failed probes, mounts, image pulls. One reason covers several
 * kinds, which begin with another word: `Readiness probe failed`, `Liveness probe failed`.
 */
export function warnings(events: readonly CoreV1Event[]): string[] {
  const latest = new Map(
    events
      .filter(({ type }) => type === "Warning")
      .sort((a, b) => occurred(a) - occurred(b))
      .map(({ reason, message = "" }) => [`${reason} ${message.split(" ")[0]}`, `${reason}: ${message}`]),
  );
  return [...latest.values()];
}

function containers(status: V1Pod["status"]): V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function containerTroubles({ name, ready, state, lastState, restartCount }: V1ContainerStatus): string[] {
  if (ready || state?.terminated?.exitCode === 0) return [];
  const { waiting, terminated } = state ?? {};
  const before = lastState?.terminated;
  const troubles = [
    waiting && `waiting: ${words(waiting)}`,
    terminated && `terminated: ${words(terminated)}, exit code ${terminated.exitCode}`,
    before &&
      `before that terminated: ${words(before)}, exit code ${before.exitCode}, ${restartCount} restarts`,
    state?.running && "running, not ready",
  ];
  return troubles.filter((trouble) => trouble !== undefined).map((trouble) => `container ${name} ${trouble}`);
}

function words({ reason, message }: { reason?: string; message?: string }): string {
  return [reason, message?.trim()].filter(Boolean).join(": ");
}

function occurred({ lastTimestamp, eventTime, metadata }: CoreV1Event): number {
  return new Date(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0).getTime();
}
