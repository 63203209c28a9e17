import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import { killAfter, randomFrom, type Victim } from "./faults-pulumi-kill.ts";
import { type Behaviour, fixed, type SmallShop } from "./faults-pulumi-shop.ts";
import type { Scene } from "./scene.ts";

/** What a run has to do: make a service with its namespace, give the other a new version, or take the first away. */
const phases = ["create", "update", "delete"] as const;
type Phase = (typeof phases)[number];

const killsPerBehaviour = 25;
// Between two recoveries; all but the first of them hit what the one before has left, and the recovery from it.
const killsInARow = 5;

export function killedDeployments(scene: () => Scene, small: () => SmallShop): void {
  const seed = Number(process.env.PRESSUREVALVE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomFrom(seed);
  let shop: SmallShop;
  let release = 1;
  let sail = false;
  const durations = new Map<string, number>();

  beforeAll(async () => {
    process.stderr.write(`kills of this run again: PRESSUREVALVE_SEED=${seed}\n`);
    shop = small();
    await shop.describe({ kite: fixed });
  });

  /** Makes the next run one of that phase. */
  async function next(phase: Phase): Promise<void> {
    if (phase === "update") release += 1;
    else sail = phase === "create";
    const kite = `${fixed}, configuration: { env: { RELEASE: "${release}" } }`;
    await shop.describe(sail ? { kite, sail: fixed } : { kite });
  }

  /**
   * One run, killed at a random point of the time that such a run takes; true when it was killed in time. The first of
   * several has everything to do; the others have what it left, and its recovery.
   */
  async function killed(phase: Phase, isFirst: boolean): Promise<boolean> {
    const byStart = random() < 0.5;
    const victims: readonly Victim[] = byStart ? ["all", "cli", "command"] : ["all"];
    const victim = victims[Math.floor(random() * victims.length)] as Victim;
    const kind = kindOf(byStart, phase);
    const share = isFirst ? 1 : 0.5;
    const moment = random() * (durations.get(kind) ?? 0) * share;
    const begun = Date.now();
    const inTime = await killAfter(
      byStart ? shop.startInBackground() : shop.upInBackground(),
      moment,
      victim,
    );
    // The machine may be quieter by now.
    if (!inTime && isFirst) durations.set(kind, Date.now() - begun);
    process.stderr.write(
      `${inTime ? "killed" : "too late for"} ${kind}, ${victim}, at ${Math.round(moment)} ms\n`,
    );
    return inTime;
  }

  test("an undisturbed run of each kind tells how long they take", async () => {
    succeeded(await shop.start());
    for (const byStart of [true, false]) {
      for (const phase of phases) {
        await next(phase);
        const begun = Date.now();
        succeeded(await (byStart ? shop.start() : shop.up()));
        durations.set(kindOf(byStart, phase), Date.now() - begun);
      }
    }
    expect(await shop.faults()).toEqual([]);
  });

  test("the provider that refuses to create what exists does so", async () => {
    await shop.behave("already exists");
    const { checkpoint } = await shop.state();
    const account = checkpoint.latest?.resources?.find(({ type }) => type.endsWith(":ServiceAccount"));
    const forget = ["state", "delete", account?.urn ?? "", "--target-dependents"];
    succeeded(await shop.pulumi(...forget, "-s", "dev", "--yes"));
    expect(await shop.faults()).toContain(`only in the cluster: ServiceAccount/${account?.id}`);
    const { exitCode, stdout, stderr } = await shop.up();
    expect(stdout + stderr).toContain("already exists");
    expect(exitCode).not.toBe(0);
    await shop.behave("upsert");
    succeeded(await shop.start());
  });

  test.each<Behaviour>([
    "upsert",
    "already exists",
  ])("after kill -9 the next start converges, with a provider whose creation of what exists is: %s", async (behaviour) => {
    await shop.behave(behaviour);
    for (let kills = 0, round = 0; kills < killsPerBehaviour; round++) {
      const phase = phases[round % phases.length] as Phase;
      await next(phase);
      // What came through has left nothing to do.
      for (let inARow = 0; inARow < killsInARow && (await killed(phase, inARow === 0)); inARow++) kills += 1;
      succeeded(await shop.start());
      expect(await shop.faults()).toEqual([]);
    }
  });

  test("npm start of MountainPass goes on where a killed one stopped", async () => {
    const { checkout } = scene();
    const undoAll = await checkout.configure("payment", { RELEASE: "0" });
    const begun = Date.now();
    succeeded(await checkout.run("npm", "start"));
    const duration = Date.now() - begun;
    await checkout.configure("payment", { RELEASE: "1" });
    for (const victim of ["all", "cli", "command"] as const) {
      const moment = random() * duration;
      const run = startInBackground(checkout.folder);
      const inTime = await killAfter(run, moment, victim);
      process.stderr.write(
        `${inTime ? "killed" : "too late for"} npm start, ${victim}, at ${Math.round(moment)} ms\n`,
      );
    }
    succeeded(await checkout.run("npm", "start"));
    succeeded(await checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
    await undoAll();
  });
}

function kindOf(byStart: boolean, phase: Phase): string {
  return `${byStart ? "npm start" : "pulumi up"} (${phase})`;
}

/** `npm start` without npm, in a process group of its own. */
function startInBackground(folder: string): ChildProcess {
  const args = ["cli/main.ts", "start"];
  return spawn(join(folder, "node_modules/.bin/node"), args, {
    cwd: folder,
    detached: true,
    stdio: "ignore",
  });
}
