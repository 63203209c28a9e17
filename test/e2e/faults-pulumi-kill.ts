import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Numbers from 0 to 1, the same ones for the same seed. The generator is mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What of a run is killed: all of it, its Pulumi CLI alone, or the command that started the CLI alone. */
export type Victim = "all" | "cli" | "command";

/** Kills a run after a while with SIGKILL. Tells whether it still ran then. */
export async function killAfter(run: ChildProcess, milliseconds: number, victim: Victim): Promise<boolean> {
  const ended = once(run, "exit");
  const first = await Promise.race([ended.then(() => "ended"), sleep(milliseconds, "due")]);
  if (first === "ended" || run.pid === undefined) return false;
  const cli = victim === "command" ? undefined : await cliBeneath(run.pid);
  if (victim !== "cli" || cli === undefined) kill(-run.pid);
  if (cli !== undefined) kill(cli);
  // Without its CLI a command fails by itself, in good order.
  await ended;
  return true;
}

/** The id of a group is negative. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The Pulumi CLI among a process and its descendants. */
async function cliBeneath(pid: number): Promise<number | undefined> {
  if ((await read(`/proc/${pid}/comm`)).trim() === "pulumi") return pid;
  for (const child of (await read(`/proc/${pid}/task/${pid}/children`)).trim().split(" ")) {
    const cli = child === "" ? undefined : await cliBeneath(Number(child));
    if (cli !== undefined) return cli;
  }
  return undefined;
}

function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
