import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { end, recordOf } from "../cluster/processes.ts";
import { statOf } from "../process.ts";

/** The variable that marks every process of a run with the backend that it works for. */
export const runMark = "PRESSUREVALVE_PULUMI_RUN";

/**
 * Ends what killed runs on this backend left running: language hosts, programs and providers, which notice the loss of
 * their CLI minutes later and may create an object until then. Returns how many there were. Only Linux shows them;
 * elsewhere they end by themselves.
 */
export async function endOrphans(backend: string): Promise<number> {
  const found = orphans(await runningProcesses(backend));
  const records = found.map(({ pid }) => recordOf(pid));
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
  /** Its arguments, its own name first. */
  readonly argv: readonly string[];
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
function isPart({ name, argv }: Running): boolean {
  const names = [name, argv[0], scriptOf(argv)];
  return names.some((path = "") => plugin.test(basename(path))) || argv.some((arg) => sdkProgram.test(arg));
}

/** Of a plugin on Node the kernel says MainThread, and the name of the plugin is that of the script. */
function scriptOf([program = "", ...args]: readonly string[]): string | undefined {
  return basename(program) === "node" ? args.find((arg) => !arg.startsWith("-")) : undefined;
}

// The kernel keeps 15 characters of a name.
const plugin = /^pulumi-(language|resource|analyzer)/;

/** What runs a program, a policy pack or a dynamic provider on Node: cmd/run, cmd/run-policy-pack, cmd/dynamic-provider. */
const sdkProgram = /\/@pulumi\/pulumi\/cmd\/(run|dynamic)/;

async function runningProcesses(backend: string): Promise<Running[]> {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return (await Promise.all(pids.map((pid) => running(pid, backend)))).flat();
}

/** A process that runs; nothing for one that is gone meanwhile. */
async function running(pid: number, backend: string): Promise<Running[]> {
  const files = ["environ", "cmdline"].map((file) => procFile(pid, file));
  const [environment = "", args = ""] = await Promise.all(files);
  const found = statOf(pid);
  if (found === undefined || found.isZombie) return [];
  const { name, parent } = found;
  const marked = environment.split("\0").includes(`${runMark}=${backend}`);
  return [{ pid, parent, name, marked, argv: args.split("\0") }];
}

/** Nothing, too, where it is not ours to read. */
function procFile(pid: number, file: string): Promise<string | undefined> {
  return readFile(join("/proc", `${pid}`, file), "utf8").catch(() => undefined);
}
