import { versionOf } from "../toolchain.ts";
import { areHostToolsThere, hostTools } from "./host-tools.ts";
import { apiServerUrl, clusterFolder } from "./layout.ts";
import { platformStates } from "./platform.ts";
import { answers } from "./probe.ts";
import { isAlive } from "./processes.ts";
import { type ClusterRecord, readRecord } from "./record.ts";

/** A component of the cluster, as a line of a table shows it. */
export interface ComponentStatus {
  readonly component: string;
  readonly state: "running" | "starting" | "stopped";
  readonly version: string;
}

export interface ClusterStatus {
  readonly running: boolean;
  readonly components: readonly ComponentStatus[];
}

/** The processes that make up a running cluster. */
const processNames = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "containerd",
  "kubelet",
  "kube-proxy",
] as const;

/** How this checkout's cluster is. */
export async function status(): Promise<ClusterStatus> {
  const record = await ownRecord();
  const processes = await Promise.all(processNames.map((name) => processStatus(name, record)));
  const running = await isRunning();
  return { running, components: [...processes, ...(record && running ? await platformStatus(record) : [])] };
}

/** Whether every process of this checkout's cluster lives and the API server answers. */
export async function isRunning(): Promise<boolean> {
  const record = await ownRecord();
  const alive = await Promise.all(processNames.map((name) => lives(name, record)));
  return alive.every(Boolean) && (await answers(`${apiServerUrl}/readyz`));
}

async function ownRecord(): Promise<ClusterRecord | undefined> {
  const record = await readRecord();
  return record?.folder === clusterFolder ? record : undefined;
}

async function lives(name: string, record: ClusterRecord | undefined): Promise<boolean> {
  const found = record?.processes[name];
  return found !== undefined && isAlive(found);
}

async function processStatus(
  name: (typeof processNames)[number],
  record: ClusterRecord | undefined,
): Promise<ComponentStatus> {
  const state = (await lives(name, record)) ? "running" : "stopped";
  return { component: name, state, version: await processVersion(name) };
}

async function processVersion(name: (typeof processNames)[number]): Promise<string> {
  if (name === "containerd") {
    return (await areHostToolsThere()) ? `${(await hostTools()).versions.containerd}` : "";
  }
  return name === "etcd" ? versionOf("kubernetes", "go.etcd.io/etcd/server/v3") : versionOf("kubernetes");
}

async function platformStatus(record: ClusterRecord): Promise<ComponentStatus[]> {
  const states = await platformStates(new Date(record.started));
  return Promise.all(
    states.map(async ({ name, program, ready }) => ({
      component: name,
      state: ready ? ("running" as const) : ("starting" as const),
      version: await versionOf(program),
    })),
  );
}
