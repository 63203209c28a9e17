import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { adoptPendingCreates, isBeingDeleted } from "./adoption.ts";
import { backendUrl, type StackFiles, stackFiles } from "./backend.ts";
import { isDead, type LockFile, locksIn, release, removeTornLocks } from "./lock.ts";
import { endOrphans } from "./orphans.ts";
import { pulumiOutput } from "./run.ts";
import { type Deployment, readState } from "./state.ts";

type Say = (line: string) => void;

/**
 * Puts a stack in order whose last run was killed, so that the next one goes on where it stopped: what that run left
 * running is ended, its lock released, and the state says what the cluster has. A stack that is in order stays as it
 * is, and so does one that a run is at work on, which the CLI will say. Only a backend of files shows what happened;
 * elsewhere nothing is done. docs/decisions/0009-a-killed-run-is-settled-by-the-next.md
 *
 * @throws Fault (exit code 3) when the state is damaged, before anything writes over it
 */
export async function recover(stack: string, say: Say): Promise<void> {
  const backend = backendUrl();
  const files = await stackFiles(stack, backend);
  if (backend === undefined || files === undefined) return;
  // What a run is about to do stands in the state as long as it lives, too; it may end or begin while we read.
  if ((await locksOf(files)).living.length > 0) return;
  const state = await readState(files);
  const { living, dead } = await locksOf(files);
  if (living.length > 0) return;
  const orphans = await endOrphans(backend);
  if (orphans > 0) say(`ended ${orphans} processes of a run that was killed`);
  await removeTornLocks(files.locks);
  const { latest } = state?.checkpoint ?? {};
  if (dead.length === 0 && !latest?.pending_operations?.length && !(await isInterrupted(files))) return;
  say(`the last run on stack ${stack} was killed; taking stock of what it did`);
  await mark(files);
  await Promise.all(dead.map(release));
  if (latest !== undefined) await settle(stack, files, latest);
  await rm(files.interrupted, { force: true });
}

/** Waits for a run on the stack to end that lives on this machine. */
export async function waitForRuns(stack: string, say: Say): Promise<void> {
  const files = await stackFiles(stack);
  if (files === undefined) return;
  for (let told: number | undefined; ; await sleep(500)) {
    const { living } = await locksOf(files);
    const here = living.find((lock) => lock.hostname === hostname());
    if (here === undefined) return;
    if (here.pid !== told)
      say(`waiting for pulumi (process ${here.pid}), which is at work on stack ${stack}`);
    told = here.pid;
  }
}

/** The locks of a stack by whether somebody may still hold them. */
async function locksOf({ locks }: StackFiles): Promise<{ living: LockFile[]; dead: LockFile[] }> {
  const found = await locksIn(locks);
  const gone = await Promise.all(found.map(isDead));
  return { living: found.filter((_, at) => !gone[at]), dead: found.filter((_, at) => gone[at]) };
}

/** Makes the state say what the cluster has. */
async function settle(stack: string, files: StackFiles, latest: Deployment): Promise<void> {
  if (latest.pending_operations?.length) {
    const adopted = { version: 3, deployment: adoptPendingCreates(latest) };
    await pulumiOutput(["stack", "import", "--stack", stack], JSON.stringify(adopted));
  }
  for (let tries = 0; tries < triesToSettle; tries++) {
    await pulumiOutput(["refresh", "--yes", "--skip-preview", "--stack", stack]);
    if (!(await isDeleting(files))) return;
    await sleep(1000);
  }
}

// A namespace takes half a minute to empty itself, the grace period of its pods; each try takes seconds besides.
const triesToSettle = 60;

/** What is on its way out would still count as there, and nobody would make it anew. */
async function isDeleting(files: StackFiles): Promise<boolean> {
  const state = await readState(files);
  return state?.checkpoint.latest?.resources?.some(isBeingDeleted) ?? false;
}

/** Between the steps of a recovery nothing else tells that it is not through. */
async function mark({ interrupted }: StackFiles): Promise<void> {
  await mkdir(dirname(interrupted), { recursive: true });
  await writeFile(interrupted, "");
}

function isInterrupted({ interrupted }: StackFiles): Promise<boolean> {
  return stat(interrupted).then(
    () => true,
    () => false,
  );
}
