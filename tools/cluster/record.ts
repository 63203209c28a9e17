import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { inRun, runFolder } from "./layout.ts";
import type { ProcessRecord } from "./processes.ts";

/** A process of the cluster, and the version of its program. */
interface RecordedProcess extends ProcessRecord {
  readonly version: string;
}

/** Which checkout's cluster this machine runs, or ran until something interrupted it. */
export interface ClusterRecord {
  /** The cluster folder of the checkout. */
  readonly folder: string;
  /** The machine's boot: process records of an earlier one say nothing. */
  readonly boot: string;
  /** When it was started, as an ISO date. */
  readonly started: string;
  /** The command that started it, so that another one does not interfere before it has. */
  readonly startedBy: ProcessRecord | undefined;
  /** Whether the start came to its end. What a complete cluster lost is started again alone. */
  readonly complete: boolean;
  readonly processes: Readonly<Record<string, RecordedProcess>>;
  /** Kernel settings as they were before, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

const path = inRun("cluster.json");

/** The machine's record, or undefined when no cluster runs and none was interrupted. */
export async function readRecord(): Promise<ClusterRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : forThisBoot(JSON.parse(text), await bootId());
}

/** The record as it holds after a boot: none of its processes is left, and the kernel's settings are as they were. */
export function forThisBoot(record: ClusterRecord, boot: string): ClusterRecord {
  return record.boot === boot ? record : { ...record, processes: {}, settings: {} };
}

/**
 * Replaces the machine's record, whole. Synchronously, because components that start at the same time each
 * write it.
 */
export function writeRecord(record: ClusterRecord): void {
  mkdirSync(runFolder, { recursive: true, mode: 0o711 });
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Adds a process that was just started. */
export function recordProcess(name: string, process: RecordedProcess): void {
  const record: ClusterRecord = JSON.parse(readFileSync(path, "utf8"));
  writeRecord({ ...record, processes: { ...record.processes, [name]: process } });
}

/** Notes whether the cluster is as a start leaves it. */
export function recordComplete(complete: boolean): void {
  const record: ClusterRecord = JSON.parse(readFileSync(path, "utf8"));
  writeRecord({ ...record, complete });
}

/** The id that the kernel draws at every boot. */
export async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
