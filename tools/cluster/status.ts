import { clusterFolder } from "./layout.ts";
import { platformDeployments } from "./platform/index.ts";
import { platformStates } from "./platform.ts";
import { isAlive, logOf } from "./processes.ts";
import { type ProcessName, processNames, readiness } from "./readiness.ts";
import { type ClusterRecord, readRecord } from "./record.ts";

/** A component of the cluster, as a line of a table shows it. */
export interface ComponentStatus {
  readonly component: string;
  /** `unknown`: only the API server could tell, and it does not answer. */
  readonly state: "running" | "not ready" | "stopped" | "unknown";
  /** Of the program that runs; omitted when none does. */
  readonly version?: string;
  /** Where a process that has ended, and was not told to, wrote its last words. */
  readonly log?: string;
}

/**
 * `running`: every component runs and is ready. `broken`: a process of a cluster that was started has ended.
 * `interrupted`: the start was, and left processes or other traces.
 */
type ClusterState = "running" | "not ready" | "starting" | "broken" | "interrupted" | "stopped";

export interface ClusterStatus {
  readonly state: ClusterState;
  readonly components: readonly ComponentStatus[];
}

/** How this checkout's cluster is. */
export async function status(): Promise<ClusterStatus> {
  const record = await ownRecord();
  const processes = await Promise.all(processNames.map((name) => processStatus(name, record)));
  const components = [...processes, ...(await platformStatus(record))];
  return { state: await clusterState(record, components), components };
}

async function clusterState(
  record: ClusterRecord | undefined,
  components: readonly ComponentStatus[],
): Promise<ClusterState> {
  if (record === undefined) return "stopped";
  if (components.every(({ state }) => state === "running")) return "running";
  if (!record.complete) return isBeingStarted(record) ? "starting" : "interrupted";
  return components.some(({ state }) => state === "stopped") ? "broken" : "not ready";
}

function isBeingStarted({ startedBy }: ClusterRecord): boolean {
  return startedBy !== undefined && isAlive(startedBy);
}

/** Whether every process of this checkout's cluster lives and the API server answers. */
export async function isRunning(): Promise<boolean> {
  return (await deadProcesses()).length === 0 && (await readiness["kube-apiserver"]());
}

/** The processes that a running cluster would have and this checkout's has not. */
export async function deadProcesses(): Promise<ProcessName[]> {
  const record = await ownRecord();
  return processNames.filter((name) => !lives(name, record));
}

async function ownRecord(): Promise<ClusterRecord | undefined> {
  const record = await readRecord();
  return record?.folder === clusterFolder ? record : undefined;
}

function lives(name: ProcessName, record: ClusterRecord | undefined): boolean {
  const found = record?.processes[name];
  return found !== undefined && isAlive(found);
}

async function processStatus(name: ProcessName, record: ClusterRecord | undefined): Promise<ComponentStatus> {
  if (!lives(name, record))
    return { component: name, state: "stopped", ...(record?.processes[name] && { log: logOf(name) }) };
  const state = (await readiness[name]()) ? "running" : "not ready";
  return { component: name, state, version: record?.processes[name]?.version ?? "" };
}

async function platformStatus(record: ClusterRecord | undefined): Promise<ComponentStatus[]> {
  const all = (state: ComponentStatus["state"]) =>
    platformDeployments.map(({ name }) => ({ component: name, state }));
  if (record === undefined) return all("stopped");
  // Pods outlive the processes that could tell of them.
  if (!(await readiness["kube-apiserver"]())) return all("unknown");
  const states = await platformStates(new Date(record.started)).catch(() => undefined);
  if (states === undefined) return all("unknown");
  return states.map(({ name, ready, version }) => ({
    component: name,
    state: ready ? "running" : "not ready",
    ...(version !== undefined && { version }),
  }));
}
