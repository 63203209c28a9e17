import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measurement, Say } from "./aim.ts";
import { median, spread } from "./figures.ts";
import { type Run, run } from "./process.ts";

const root = join(import.meta.dirname, "..", "..");
// What npx runs, without the third of a second that npx itself takes.
const pressurevalve = join(root, "cli", "pressurevalve.sh");
const limit = 0.3;

/** Production of MountainPass from the shell, as one types it. */
export async function measureMountainPass(rounds: number, say: Say): Promise<Measurement> {
  const command = { program: pressurevalve, args: ["synth", "production"], cwd: root };
  await run(command);
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await run(command));
  const seconds = runs.map((one) => one.seconds);
  say(`production of MountainPass: ${spread(seconds, 2)} s`);
  const peak = median(runs.map(({ peakMegabytes }) => peakMegabytes));
  const first = await withoutCompiledCode(command);
  return {
    title: "Production of MountainPass",
    text:
      `cli/pressurevalve.sh synth production: ${spread(seconds, 2)} s, ${peak.toFixed(0)} MB; ` +
      `${first.seconds.toFixed(2)} s the very first time, before Node's compile cache is filled`,
    aims: [
      {
        promise: `production of MountainPass takes under ${limit} s from the shell`,
        measured: `${median(seconds).toFixed(2)} s`,
        met: median(seconds) < limit,
      },
    ],
    runs,
  };
}

async function withoutCompiledCode(command: { program: string; args: string[]; cwd: string }): Promise<Run> {
  const empty = await mkdtemp(join(tmpdir(), "bench-cache-"));
  try {
    return await run({ ...command, env: { NODE_COMPILE_CACHE: empty } });
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}
