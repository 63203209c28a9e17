import { readdir, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Fault } from "../fault.ts";
import { isAtWork, statOf } from "../process.ts";

/** What Pulumi writes into the lock of a stack. */
interface Lock {
  pid: number;
  hostname: string;
}

/** A lock and its file. */
export interface LockFile extends Lock {
  readonly file: string;
}

/**
 * The locks in a folder.
 *
 * @throws Fault (exit code 3) when a file there is none, since nobody can say then who holds the stack
 */
export async function locksIn(folder: string): Promise<LockFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
  return (await Promise.all(files.map(readLock))).flat();
}

async function readLock(file: string): Promise<LockFile[]> {
  try {
    const text = await readFile(file, "utf8");
    return [{ ...JSON.parse(text), file }];
  } catch (error) {
    // Released meanwhile.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new Fault(
      `${file} is no lock that Pulumi wrote: ${(error as Error).message}; when no pulumi works on the stack, remove it: rm ${file}`,
      3,
    );
  }
}

/**
 * Removes what a full disk left of a lock that was being written. The CLI takes it for a lock, cannot read it, and
 * fails whatever it is asked. A lock takes its name within milliseconds, so one that is younger is waited for.
 */
export async function removeTornLocks(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".tmp"));
  await Promise.all(names.map((name) => removeTorn(join(folder, name))));
}

async function removeTorn(file: string): Promise<void> {
  const written = await stat(file).catch(() => undefined);
  if (written === undefined) return;
  // At most, for a clock that was set back.
  await sleep(Math.min(2000, written.mtimeMs + 2000 - Date.now()));
  await rm(file, { force: true });
}

/** Removes a lock whose holder is gone; `pulumi cancel` would remove those of the living as well. */
export async function release({ file }: LockFile): Promise<void> {
  await Promise.all([file, `${file}.attrs`].map((path) => rm(path, { force: true })));
}

/**
 * Whether the process that holds a lock is gone for certain: it ran on this machine, and no Pulumi has its number now.
 */
export async function isDead(lock: Lock): Promise<boolean> {
  if (lock.hostname !== hostname()) return false;
  if (!isAtWork(lock.pid)) return true;
  const name = await processName(lock.pid);
  return name !== undefined && !name.includes("pulumi");
}

/** The name of a process; nothing where it cannot be told. */
export async function processName(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  // A small Linux, such as Debian slim, comes without ps.
  if (platform === "linux") return statOf(pid)?.name;
  const { failed, stdout } = await execa("ps", ["-p", `${pid}`, "-o", "comm="], { reject: false });
  return failed ? undefined : stdout;
}
