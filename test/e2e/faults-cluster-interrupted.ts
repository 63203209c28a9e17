import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
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

/** `npm start`, interrupted step after step; each run goes on from what the last one left. */
export function interrupted(scene: () => Scene): void {
  const seen = new Map<string, string[]>();
  let cache = "";

  test("npm start, interrupted three times in each of its steps, comes to its end all the same", async () => {
    cache = await cacheThatLacks(/^(kubectl|containerd)-/, join(scene().checkout.folder, ".local/cache"));
    let ended = false;
    while (!ended) ended = await runUntilInterrupted(scene(), cache, seen);
    // The first time that everything is there to be done, there is nothing that the program may pass over.
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Check /),
        expect.stringMatching(/^Download or build /),
        expect.stringMatching(/^Unpack /),
        expect.stringMatching(/^Clear /),
        expect.stringMatching(/^Start etcd/),
        expect.stringMatching(/^Install the platform/),
        "images into the cluster",
        "pulumi up -s dev",
      ]),
    );
    // A step that is done in spite of its interruption has nothing left to be interrupted.
    for (const signals of seen.values()) expect(signals.length).toBeGreaterThan(1);
    expect([...seen.values()].filter((signals) => signals.includes("SIGKILL")).length).toBeGreaterThan(5);
  });

  test("then runs what the descriptions say, after a reset that Pulumi was not told of", async () => {
    const { checkout } = scene();
    const { stdout } = succeeded(await checkout.runIn({ XDG_CACHE_HOME: cache }, "npm", "start"));
    expect(stdout).toMatch(/^order +[0-9a-f]+ +(\d+)\/\1 +healthy/m);
    succeeded(await checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
  });

  test("and what the interrupted runs left is gone", async () => {
    const { folder } = scene().checkout;
    const left = await readdir(join(folder, ".local"), { recursive: true });
    expect(left.filter((name) => name.includes(".unfinished-"))).toEqual([]);
    const servers = (await clusterProcesses(folder)).filter((line) => / kube-apiserver /.test(line));
    expect(servers).toHaveLength(1);
  });
}

/** Runs `npm start` until the next interruption that is due, or to its end, of which it says whether it was. */
async function runUntilInterrupted(
  { checkout }: Scene,
  cache: string,
  seen: Map<string, string[]>,
): Promise<boolean> {
  // A process group of its own, as a terminal gives it: what ends a command there ends npm and its children.
  const run = spawn("npm", ["start"], {
    cwd: checkout.folder,
    detached: true,
    env: { ...process.env, XDG_CACHE_HOME: cache, GOCACHE: goCache },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(run, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  let signal: string | undefined;
  let said = "";
  const interrupt = (name: NodeJS.Signals, step: string) => {
    if (signal !== undefined) return;
    signal = name;
    process.stderr.write(`${name} in "${step}"\n`);
    seen.set(step, [...(seen.get(step) ?? []), name]);
    process.kill(-(run.pid ?? 0), name);
  };
  let step = "";
  for await (const line of createInterface(run.stderr)) {
    said += `${line}\n`;
    const due = dueIn(step, seen);
    if (line.startsWith("  done in") && due) interrupt(due.signal, step);
    if (isBusyStep(line)) {
      step = line;
      const next = dueIn(step, seen);
      if (next) void setTimeout(next.after).then(() => step === line && interrupt(next.signal, line));
    }
  }
  const [exitCode, by] = await ended;
  if (signal === undefined && exitCode !== 0)
    throw new Error(`npm start, not interrupted, ended with ${exitCode ?? by}:\n${said}`);
  return exitCode === 0;
}

function dueIn(step: string, seen: ReadonlyMap<string, readonly string[]>) {
  return step === "" ? undefined : interruptions[seen.get(step)?.length ?? 0];
}

/** A step's own line is not indented, as its progress is; one that has nothing to do says so. Only these come before the shop. */
function isBusyStep(line: string): boolean {
  return /^[A-Za-z]/.test(line) && !/: already done$|^interrupted in|^(POST|kubectl|npm) /.test(line);
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
