import { dirname } from "node:path";
import { Fault } from "../fault.ts";
import { clusterFolder, inCluster, listeners } from "./layout.ts";
import { isTaken } from "./probe.ts";
import { isAlive } from "./processes.ts";
import type { ClusterRecord } from "./record.ts";
import { isRunning } from "./status.ts";

const elsewhere = "use kind or any other cluster instead: npm start -- --kubeconfig <file> --context <name>";

/** @throws Fault when this machine or user cannot run the local cluster, with what to do instead */
export function requireMachine(): void {
  if (process.platform !== "linux") {
    throw new Fault(`the local cluster needs Linux, and this is ${process.platform}; ${elsewhere}`, 3);
  }
  if (process.getuid?.() !== 0) {
    throw new Fault(
      `the local cluster needs root, because it makes containers and a network bridge; run it as root, or ${elsewhere}`,
      3,
    );
  }
  requireShortPath();
}

/** The kernel allows 107 bytes for the path of a socket, and the kubelet's lie beneath the cluster's folder. */
function requireShortPath(): void {
  const longest = Buffer.byteLength(inCluster("kubelet", "pod-resources", "kubelet.sock"));
  if (longest > 107) {
    throw new Fault(
      `the path of this checkout is ${longest - 107} bytes too long for the kubelet's sockets; move it to a shorter one`,
      3,
    );
  }
}

/** @throws Fault when another checkout's cluster runs on this machine, with the command that stops it */
export async function requireNoOther(record: ClusterRecord | undefined): Promise<void> {
  const apiServer = record?.processes["kube-apiserver"];
  if (record && record.folder !== clusterFolder && apiServer && (await isAlive(apiServer))) {
    const checkout = dirname(dirname(record.folder));
    throw new Fault(
      `a machine runs one local cluster, and that of ${checkout} runs; stop it first: cd ${checkout} && npm stop`,
      3,
    );
  }
}

/** @throws Fault when another command has begun to start this machine's cluster and is still at it */
export async function requireNoOtherCommand(record: ClusterRecord | undefined): Promise<void> {
  const other = record?.startedBy;
  if (other && other.pid !== process.pid && (await isAlive(other)) && !(await isRunning())) {
    throw new Fault(`process ${other.pid} is starting the local cluster; wait until it has, or end it`, 3);
  }
}

/**
 * The bridge must be there: its address can only then be tried.
 *
 * @throws Fault that names every port which something else listens on
 */
export async function requireFreePorts(): Promise<void> {
  const checked = await Promise.all(
    Object.entries(listeners).map(async ([name, target]) =>
      (await isTaken(target)) ? [`${target.host}:${target.port} (${name})`] : [],
    ),
  );
  const taken = checked.flat();
  if (taken.length > 0) {
    throw new Fault(
      `these addresses are in use: ${taken.join(", ")}; stop what listens there, perhaps another Kubernetes`,
      3,
    );
  }
}
