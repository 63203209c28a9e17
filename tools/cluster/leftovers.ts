import { rm } from "node:fs/promises";
import { endPods } from "./cgroup.ts";
import type { HostTools } from "./host-tools.ts";
import { writeSettings } from "./kernel-settings.ts";
import { runFolder } from "./layout.ts";
import { unmountBeneath } from "./mounts.ts";
import { removeNetwork } from "./network.ts";
import { end, isAlive, type ProcessRecord } from "./processes.ts";
import type { ClusterRecord } from "./record.ts";
import { countShims, endShims, removeShimSockets } from "./shims.ts";
import { removeTraces } from "./traces.ts";
import { until } from "./wait.ts";

/**
 * Ends what is left of a cluster and takes away its mounts, network and control groups: after a stop is asked
 * for, or before a start when something interrupted the last one. What lies in its folder stays.
 *
 * The kubelet goes first, so that it restarts no container; then the pods, while containerd still runs and
 * clears up after each; then the rest, etcd last.
 */
export async function clear(tools: HostTools, record: ClusterRecord): Promise<void> {
  const { kubelet, containerd, etcd, ...others } = record.processes;
  await end(present(kubelet));
  await endPods();
  await letShimsEnd(containerd);
  await end([...present(containerd), ...Object.values(others)]);
  await end(present(etcd));
  await unmountBeneath(tools, [record.folder, runFolder]);
  await removeShimSockets();
  await removeNetwork(tools);
  await removeTraces(record.folder);
  await writeSettings(record.settings);
  await rm(runFolder, { recursive: true, force: true });
}

/** A shim ends when containerd has noted that its pod's processes have. */
async function letShimsEnd(containerd: ProcessRecord | undefined): Promise<void> {
  if (containerd && isAlive(containerd)) {
    const gone = async () => (await countShims()) === 0;
    await until("the pods' shims to end", gone, 5000).catch(() => {});
  }
  await endShims();
}

function present(process: ProcessRecord | undefined): ProcessRecord[] {
  return process ? [process] : [];
}
