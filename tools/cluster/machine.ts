import { dirname } from "node:path";
import { exists, machineCache } from "../cache.ts";
import { requireRoom } from "../disk.ts";
import { Fault } from "../fault.ts";
import { type ProgramName, programPath } from "../toolchain.ts";
import { clusterFolder, inCluster, listeners } from "./layout.ts";
import { type Holder, holdersOf, isTaken } from "./ports.ts";
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
      `the path of this shop is ${longest - 107} bytes too long for the kubelet's sockets; move it to a shorter one`,
      3,
    );
  }
}

/** What a cluster with the images of a small shop takes, with a quarter over. */
const freshCluster = 2400 * 2 ** 20;
/** Logs, the state of etcd, and the images of a changed service. */
const knownCluster = 200 * 2 ** 20;

/** @throws Fault when the disk has no room for the cluster, with how much it needs */
export async function requireClusterRoom(): Promise<void> {
  const bytes = (await exists(inCluster("containerd"))) ? knownCluster : freshCluster;
  requireRoom(clusterFolder, bytes, "the local cluster", "move the shop to a larger disk");
}

/** @throws Fault when the disk of the machine's cache has no room for those of the programs that it lacks */
export async function requireBuildRoom(programs: readonly ProgramName[]): Promise<void> {
  const paths = await Promise.all(programs.map(programPath));
  const missing = paths.filter((path) => path === undefined).length;
  const remedy = "set XDG_CACHE_HOME to a folder on a larger disk";
  // The largest are nearly as large, and lie there twice while they are unpacked.
  requireRoom(machineCache, missing * 200 * 2 ** 20, `making ${missing} programs once`, remedy);
}

/**
 * A cluster whose checkout is gone can be stopped by nobody any more, so it is left to be cleared.
 *
 * @throws Fault when another checkout's cluster runs on this machine, or a part of it, with the command that stops it
 */
export async function requireNoOther(record: ClusterRecord | undefined): Promise<void> {
  if (record === undefined || record.folder === clusterFolder || !(await exists(record.folder))) return;
  if (!Object.values(record.processes).some(isAlive)) return;
  const checkout = dirname(dirname(record.folder));
  throw new Fault(
    `a machine runs one local cluster, and that of ${checkout} runs; stop it first: cd ${checkout} && npm stop`,
    3,
  );
}

/** @throws Fault when another command has begun to start this machine's cluster and is still at it */
export async function requireNoOtherCommand(record: ClusterRecord | undefined): Promise<void> {
  const other = record?.startedBy;
  if (other && other.pid !== process.pid && isAlive(other) && !(await isRunning())) {
    throw new Fault(`process ${other.pid} is starting the local cluster; wait until it has, or end it`, 3);
  }
}

/**
 * Leaves out what the recorded cluster itself holds: a start clears or keeps it.
 *
 * @throws Fault that names every address of the cluster on which something else listens, who does, and what to do
 */
export async function requireFreePorts(record: ClusterRecord | undefined): Promise<void> {
  const own = new Set(Object.values(record?.processes ?? {}).map(({ pid }) => pid));
  const checked = await Promise.all(
    Object.entries(listeners).map(async ([name, address]) => ({
      name: `${address.host}:${address.port} (${name})`,
      taken: await isTaken(address),
      address,
    })),
  );
  const taken = await Promise.all(
    checked
      .filter((one) => one.taken)
      .map(async ({ name, address }) => ({ name, holders: await holdersOf(address) })),
  );
  const foreign = taken.filter(
    ({ holders }) => holders.length === 0 || holders.some(({ pid }) => !own.has(pid)),
  );
  if (foreign.length > 0) throw new Fault(portsInUse(foreign), 3);
}

/** An address in use, and those who listen there. */
interface InUse {
  readonly name: string;
  readonly holders: readonly Holder[];
}

function portsInUse(addresses: readonly InUse[]): string {
  const pids = [...new Set(addresses.flatMap(({ holders }) => holders.map(({ pid }) => pid)))];
  const remedy =
    pids.length > 0
      ? `end what listens there (kill ${pids.join(" ")})`
      : "end what listens there, perhaps in a container";
  return [
    "the local cluster needs these addresses, and they are in use:",
    ...addresses.map(({ name, holders }) => `  ${name} by ${holders.map(holderWords).join(", ") || unseen}`),
    `${remedy}, or ${elsewhere}`,
  ].join("\n");
}

const unseen = "a process that cannot be seen from here";

function holderWords({ pid, program }: Holder): string {
  return `process ${pid} (${program})`;
}
