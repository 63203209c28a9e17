import { join } from "node:path";
import { status } from "../../tools/cluster/index.ts";
import type { Measurement, Say } from "./aim.ts";
import { spread } from "./figures.ts";
import { measurePreview } from "./preview.ts";
import { type Run, run } from "./process.ts";

const cwd = join(import.meta.dirname, "..", "..");

/** What takes a running cluster, which is started for it when none runs, and stopped again. */
export async function measureOnCluster(rounds: number, say: Say): Promise<Measurement[]> {
  const wasRunning = (await status()).state === "running";
  if (!wasRunning) {
    say("no cluster runs: starting one (npm start)");
    await run({ program: "npm", args: ["start"], cwd });
  }
  try {
    return [await measureWarmStart(rounds, say), await measurePreview(rounds, say)];
  } finally {
    if (!wasRunning) {
      say("stopping the cluster again");
      await run({ program: "npm", args: ["stop"], cwd });
    }
  }
}

/** `npm start` where everything runs already: what a developer waits for when nothing has changed. */
async function measureWarmStart(rounds: number, say: Say): Promise<Measurement> {
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    const taken = await run({ program: "npm", args: ["start"], cwd });
    runs.push(taken);
    say(`warm npm start, round ${round}: ${taken.seconds.toFixed(1)} s`);
  }
  const seconds = runs.map((one) => one.seconds);
  return {
    title: "Warm npm start",
    text: `npm start while everything runs and nothing has changed: ${spread(seconds, 1)} s`,
    aims: [],
    runs,
  };
}
