import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** What one whole process took, from its start by the shell's means to its end. */
export interface Run {
  readonly seconds: number;
  /** User and system time of all its threads, in seconds. Linux counts it in steps of 10 ms. */
  readonly cpuSeconds: number;
  /** The most memory it had at once: Linux' VmHWM, read every few milliseconds; NaN elsewhere. */
  readonly peakMegabytes: number;
}

/** A command to measure. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends it. */
  readonly ended?: AbortSignal;
}

/**
 * Runs a command to its end.
 *
 * @throws Error with what it said, when it fails, or is ended
 */
export async function run({ program, args, cwd, env, ended }: Command): Promise<Run> {
  const cpuBefore = childrenCpuSeconds();
  const started = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    ...(ended && { signal: ended }),
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  let peakMegabytes = Number.NaN;
  const watch = setInterval(() => {
    peakMegabytes = highWaterMark(child.pid) ?? peakMegabytes;
  }, 5);
  const [code] = await once(child, "exit");
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said}`);
  return { seconds, cpuSeconds: childrenCpuSeconds() - cpuBefore, peakMegabytes };
}

function highWaterMark(pid: number | undefined): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(procFile(`${pid}/status`))?.[1];
  return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
}

/** The time of all children that ended so far: fields 16 and 17 of proc_pid_stat(5). */
function childrenCpuSeconds(): number {
  const fields = procFile("self/stat").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function procFile(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch {
    // Another system than Linux, or a process that has just ended.
    return "";
  }
}
