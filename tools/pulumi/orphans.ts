import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { end, recordOf } from "../cluster/processes.ts";
import { lineage } from "../process.ts";

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
  /** Its arguments, with blanks between them. */
  readonly commandLine: string;
}

/** The plugins and programs of runs whose CLI is gone. */
export function orphans(processes: readonly Running[]): Running[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const hasCli = (process: Running | undefined): boolean =>
    process !== undefined && (isCli(process) || hasCli(byPid.get(process.parent)));
  return processes.filter((process) => process.marked && isPart(process) && !hasCli(process));
}

function isCli({ name, marked }: Running): boolean {
  return marked && name === "pulumi";
}

/** The mark is inherited: a shell, an editor or a debugger that a program opened has it, too, and is its user's. */
function isPart({ name, commandLine }: Running): boolean {
  return plugin.test(name) || plugin.test(commandLine) || sdkProgram.test(commandLine);
}

// The kernel keeps 15 characters of a name, and of a plugin on Node it says MainThread.
const plugin = /^(\S*\/)?pulumi-(language|resource|analyzer)/;

/** What runs a program, a policy pack or a dynamic provider on Node: cmd/run, cmd/run-policy-pack, cmd/dynamic-provider. */
const sdkProgram = /\/@pulumi\/pulumi\/cmd\/(run|dynamic)/;

async function runningProcesses(backend: string): Promise<Running[]> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map((pid) => running(pid, backend)))).flat();
}

/** A process that runs; nothing for one that is gone meanwhile. */
async function running(pid: string, backend: string): Promise<Running[]> {
  const files = ["stat", "environ", "cmdline"].map((file) => procFile(pid, file));
  const [stat = "", environment = "", commandLine = ""] = await Promise.all(files);
  const { name, state, parent } = lineage(stat);
  if (stat === "" || state === "Z") return [];
  const marked = environment.split("\0").includes(`${runMark}=${backend}`);
  return [{ pid: Number(pid), parent, name, marked, commandLine: commandLine.replaceAll("\0", " ") }];
}

/** Nothing, too, where it is not ours to read. */
function procFile(pid: string, file: string): Promise<string | undefined> {
  return readFile(join("/proc", pid, file), "utf8").catch(() => undefined);
}
