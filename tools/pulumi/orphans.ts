import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { end, isZombie, recordOf } from "../cluster/processes.ts";

/** The variable that marks every process of a run with the backend that it works for. */
export const runMark = "PRESSUREVALVE_PULUMI_RUN";

/**
 * Ends what killed runs on this backend left running: language hosts, programs and providers, which notice the loss of
 * their CLI minutes later and may create an object until then. Returns how many there were. Only Linux shows them;
 * elsewhere they end by themselves.
 */
export async function endOrphans(backend: string): Promise<number> {
  const found = orphans(await runningProcesses(backend));
  const records = await Promise.all(found.map(({ pid }) => recordOf(pid)));
  await end(
    records.filter((record) => record !== undefined),
    1000,
  );
  return found.length;
}

/** A process, as far as its place in a run goes. */
export interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Belongs to a run on the backend in question. */
  readonly marked: boolean;
}

/** The processes of runs whose CLI is gone. */
export function orphans(processes: readonly Running[]): Running[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const hasCli = (process: Running | undefined): boolean =>
    process !== undefined && (isCli(process) || hasCli(byPid.get(process.parent)));
  return processes.filter((process) => process.marked && !hasCli(process));
}

function isCli({ name, marked }: Running): boolean {
  return marked && name === "pulumi";
}

async function runningProcesses(backend: string): Promise<Running[]> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map((pid) => running(pid, backend)))).flat();
}

/** A process that runs; nothing for one that is gone meanwhile. */
async function running(pid: string, backend: string): Promise<Running[]> {
  const [stat, environment] = await Promise.all(["stat", "environ"].map((file) => procFile(pid, file)));
  if (!stat || isZombie(stat)) return [];
  const marked = environment?.split("\0").includes(`${runMark}=${backend}`) ?? false;
  return [{ pid: Number(pid), ...lineage(stat), marked }];
}

/** Nothing, too, where it is not ours to read. */
function procFile(pid: string, file: string): Promise<string | undefined> {
  return readFile(join("/proc", pid, file), "utf8").catch(() => undefined);
}

/** From /proc/<pid>/stat: `17 (pulumi) S 4 …`; the name may itself hold blanks and brackets. */
function lineage(stat: string): { name: string; parent: number } {
  const end = stat.lastIndexOf(")");
  const [, parent] = stat.slice(end + 2).split(" ");
  return { name: stat.slice(stat.indexOf("(") + 1, end), parent: Number(parent) };
}
