// npm run bench: how fast the kit is, beside what it could be compared with. Figures on stdout, progress on stderr.
// It ends with 2 when an aim is not met.
import { existsSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { report } from "../../tools/report.ts";
import { inTemporaryFolder } from "../../tools/temporary-folder.ts";
import type { Measurement } from "./aim.ts";
import { measureMountainPass } from "./mountainpass.ts";
import { measureSynth } from "./synth.ts";

const usage = `usage: npm run bench -- [--no-cluster] [--sizes 5,100,1000] [--rounds 5] [--folder <folder>] [--json]`;

// In memory where there is such a place, so that the disk's mood is nobody's merit.
const memory = "/dev/shm";

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cluster: { type: "boolean", default: true },
      sizes: { type: "string", default: "5,100,1000" },
      rounds: { type: "string", default: "5" },
      folder: { type: "string", default: existsSync(memory) ? memory : tmpdir() },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowNegative: true,
  });
  if (values.help) return console.log(usage);
  const rounds = Number(values.rounds);
  const sizes = values.sizes.split(",").map(Number);
  const say = (line: string) => console.error(line);
  const before = machine();
  const measurements: Measurement[] = [
    await measureMountainPass(2 * rounds, say),
    // Leaves nothing behind: shops of a thousand services fill a folder in memory.
    await inTemporaryFolder(
      "bench",
      (folder, ended) => measureSynth(folder, sizes, { rounds, say, ended }),
      values.folder,
    ),
  ];
  if (values.cluster) {
    const { measureOnCluster } = await import("./on-cluster.ts");
    measurements.push(...(await measureOnCluster(rounds, say)));
  } else say("preview and npm start: not measured (--no-cluster)");
  const aims = measurements.flatMap((measurement) => measurement.aims);
  console.log(
    values.json ? JSON.stringify({ machine: before, measurements }, null, 2) : asText(before, measurements),
  );
  if (aims.some(({ met }) => !met)) process.exitCode = 2;
}

function machine(): string {
  const [model = "unknown processor"] = cpus().map((cpu) => cpu.model);
  const load = loadavg()[0]?.toFixed(1);
  const when = new Date().toISOString().slice(0, 16);
  return `${when}Z, ${cpus().length} x ${model}, Node ${process.versions.node}, load ${load} before the first run`;
}

function asText(before: string, measurements: readonly Measurement[]): string {
  const verdicts = measurements
    .flatMap(({ aims }) => aims)
    .map(({ promise, measured, met }) => `${met ? "met    " : "NOT MET"}  ${promise}: ${measured}`);
  const sections = measurements.map(({ title, text }) => `${title}\n\n${text}\n`);
  return [before, "", ...sections, ...verdicts].join("\n");
}

try {
  await bench();
} catch (error) {
  process.exitCode = report(error);
}
