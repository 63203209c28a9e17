import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { pulumiProgram } from "./program.ts";
import { pulumiOutput } from "./run.ts";

/**
 * Removes the lock that a killed `pulumi` left on a stack, when its process is gone for certain: it ran on this
 * machine, and no Pulumi has its number now. Only a file backend shows its locks; elsewhere nothing happens.
 */
export async function releaseDeadLock(project: string, stack: string): Promise<void> {
  const locks = await locksOf(project, stack);
  if (locks.length === 0) return;
  if ((await Promise.all(locks.map(isDead))).every(Boolean)) {
    await pulumiOutput(["cancel", "--yes", "--stack", stack]);
    // What was being made when it died is made again; the provider takes over what is there already.
    await pulumiOutput(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", stack]);
  }
}

/** What Pulumi writes into a lock. */
export interface Lock {
  pid: number;
  hostname: string;
}

async function locksOf(project: string, stack: string): Promise<Lock[]> {
  const { env } = await pulumiProgram([]);
  const backend = env.PULUMI_BACKEND_URL ?? "";
  if (!backend.startsWith("file:///")) return [];
  const folder = join(fileURLToPath(backend), ".pulumi", "locks", "organization", project, stack);
  const names = await readdir(folder).catch(() => []);
  const locks = names.filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(locks.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => JSON.parse(text));
}

/** Whether the process that holds a lock is gone for certain. */
export async function isDead(lock: Lock): Promise<boolean> {
  if (lock.hostname !== hostname()) return false;
  if (!exists(lock.pid)) return true;
  const name = await processName(lock.pid);
  return name !== undefined && !name.includes("pulumi");
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Anything else, such as EPERM, is said of a process that is there.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** The name of a process that runs; nothing where it cannot be told. */
export async function processName(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  // A small Linux, such as Debian slim, comes without ps.
  if (platform === "linux") return readFile(`/proc/${pid}/comm`, "utf8").catch(() => undefined);
  const { failed, stdout } = await execa("ps", ["-p", `${pid}`, "-o", "comm="], { reject: false });
  return failed ? undefined : stdout;
}
