import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "@jest/globals";
import { startSteps } from "../../tools/cluster/index.ts";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";
import { clusterProcesses } from "./traces.ts";

/**
 * How each step is interrupted, one run after the other: as it begins, a little later, and in its midst; at its end,
 * should it come first.
 */
const interruptions = [
  { signal: "SIGINT", after: 0 },
  { signal: "SIGTERM", after: 400 },
  { signal: "SIGKILL", after: 1500 },
] as const;

// These are done again by every start.
const unending = [
  "image references (stacks/images.dev.json)",
  "stacks dev-platform and dev",
  "pulumi up -s dev-platform",
  "pulumi up -s dev",
];
const [check = "", ...others] = startSteps().map(({ title }) => title);
/** Every step of `npm start`, by the line that it prints as it begins. */
const steps: readonly string[] = [...unending, check, ...others, "images", "images into the cluster"];

/** What each step was interrupted by so far. */
type Seen = Map<string, NodeJS.Signals[]>;

/** `npm start`, interrupted step after step; each run goes on from what the last one left. */
export function interrupted(scene: () => Scene): void {
  const seen: Seen = new Map();
  let cache = "";

  test("npm start, interrupted three times in each of its steps, comes to its end all the same", async () => {
    const { checkout } = scene();
    succeeded(await checkout.run("npx", "pressurevalve", "cluster", "reset"));
    await rm(join(checkout.folder, ".local/images"), { recursive: true, force: true });
    cache = await cacheThatLacks(/^(kubectl|containerd|envoy)-/, join(checkout.folder, ".local/cache"));
    let runs = 0;
    // Each run but the last is interrupted where none was before, so that their number has an end.
    while (await isInterrupted(scene(), cache, seen)) expect(++runs).toBeLessThan(60);
    // A step that came to its end in spite of the first has nothing left to be interrupted; these have, each time.
    for (const step of [...unending, check])
      expect([step, seen.get(step)]).toEqual([step, interruptions.map(({ signal }) => signal)]);
    // The first time everything is there to be done.
    for (const step of steps) expect([step, seen.get(step)?.[0]]).toEqual([step, "SIGINT"]);
  });

  test("then runs what the descriptions say, after a reset that Pulumi was not told of", async () => {
    const { checkout } = scene();
    const { stdout } = succeeded(await checkout.runIn({ XDG_CACHE_HOME: cache }, "npm", "start"));
    expect(stdout).toMatch(/^order +[0-9a-f]+ +(\d+)\/\1 +healthy/m);
    succeeded(await checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
  });

  test("and what the interrupted runs left is gone", async () => {
    const { folder } = scene().checkout;
    // With their types, links are not followed: /usr/bin/X11, to which one leads, is /usr/bin again.
    const left = await readdir(join(folder, ".local"), { recursive: true, withFileTypes: true });
    const names = left.map(({ parentPath, name }) => join(parentPath, name));
    expect(names.filter((name) => name.includes(".unfinished-"))).toEqual([]);
    const servers = (await clusterProcesses(folder)).filter((line) => / kube-apiserver /.test(line));
    expect(servers).toHaveLength(1);
  });
}

/** Runs `npm start` until the next interruption that is due, or to its end, of which it says whether it was. */
async function isInterrupted({ checkout }: Scene, cache: string, seen: Seen): Promise<boolean> {
  // A process group of its own, as a terminal gives it: what ends a command there ends npm and its children.
  const run = spawn("npm", ["start"], {
    cwd: checkout.folder,
    detached: true,
    // With a download there would be no build to be interrupted.
    env: { ...process.env, XDG_CACHE_HOME: cache, GOCACHE: goCache, PRESSUREVALVE_DOWNLOADS: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(run, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const { pid } = run;
  if (pid === undefined) throw new Error("npm cannot be started");
  const hung = setTimeout(() => signalGroup(pid, "SIGKILL"), 10 * 60_000);
  let signal: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (name: NodeJS.Signals, step: string) => {
    clearTimeout(timer);
    if (signal !== undefined || !signalGroup(pid, name)) return;
    signal = name;
    process.stderr.write(`${name} in "${step}"\n`);
    seen.set(step, [...(seen.get(step) ?? []), name]);
  };
  let step = "";
  let said = "";
  for await (const line of createInterface(run.stderr)) {
    said += `${line}\n`;
    const due = dueIn(step, seen);
    if (due && line.startsWith("  done in")) interrupt(due.signal, step);
    // One that has nothing to do says so on the same line.
    if (!steps.includes(line)) continue;
    step = line;
    clearTimeout(timer);
    const next = dueIn(line, seen);
    if (next) timer = setTimeout(() => interrupt(next.signal, line), next.after);
  }
  clearTimeout(timer);
  const [exitCode, by] = await ended;
  clearTimeout(hung);
  if (signal === undefined && exitCode !== 0)
    throw new Error(`npm start, not interrupted, ended with ${exitCode ?? by}:\n${said}`);
  return signal !== undefined;
}

/** Whether there was still one to signal. */
function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
}

function dueIn(step: string, seen: Seen) {
  return step === "" ? undefined : interruptions[seen.get(step)?.length ?? 0];
}

const warm = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const goCache = process.env.GOCACHE || join(warm, "go-build");

/** This machine's cache without some of its entries, so that a run has something to build and to download. */
async function cacheThatLacks(lacking: RegExp, folder: string): Promise<string> {
  for (const kind of await readdir(join(warm, "pressurevalve"))) {
    const [from, to] = [join(warm, "pressurevalve", kind), join(folder, "pressurevalve", kind)];
    await mkdir(to, { recursive: true });
    const kept = (await readdir(from)).filter(
      (name) => !lacking.test(name) && !name.includes(".unfinished-"),
    );
    await Promise.all(kept.map((name) => symlink(join(from, name), join(to, name))));
  }
  return folder;
}
