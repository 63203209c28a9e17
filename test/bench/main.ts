// npm run bench: how fast the kit is, beside what it could be compared with. Figures on stdout, progress on stderr.
// It ends with 2 when an aim is not met.
import { cpus, loadavg } from "node:os";
import { report } from "../../tools/report.ts";
import { inTemporaryFolder } from "../../tools/temporary-folder.ts";
import type { Aim, Measurement } from "./aim.ts";
import { readArguments, usage } from "./arguments.ts";
import { measureMountainPass } from "./mountainpass.ts";
import { measurePolicies } from "./policies.ts";
import { measureSynth } from "./synth.ts";

async function bench(): Promise<void> {
  const { sizes, rounds, folder, cluster, json, help } = readArguments(process.argv.slice(2));
  if (help) return console.log(usage);
  const say = (line: string) => console.error(line);
  const before = machine();
  const measurements: Measurement[] = [
    await measureMountainPass(2 * rounds, say),
    // Leaves nothing behind: shops of a thousand services fill a folder in memory.
    await inTemporaryFolder(
      "bench",
      (own, ended) => measureSynth(own, sizes, { rounds, say, ended }),
      folder,
    ),
    await inTemporaryFolder("bench", (own, ended) => measurePolicies(own, { rounds, say, ended }), folder),
  ];
  if (cluster) {
    const { measureOnCluster } = await import("./on-cluster.ts");
    measurements.push(...(await measureOnCluster(rounds, say)));
  } else say("preview and npm start: not measured (--no-cluster)");
  const aims = measurements.flatMap((measurement) => measurement.aims);
  console.log(
    json ? JSON.stringify({ machine: before, measurements }, null, 2) : asText(before, measurements),
  );
  if (aims.some(({ met }) => met === false)) process.exitCode = 2;
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
    .map((aim) => `${verdict(aim)}  ${aim.promise}: ${aim.measured}`);
  const sections = measurements.map(({ title, text }) => `${title}\n\n${text}\n`);
  return [before, "", ...sections, ...verdicts].join("\n");
}

function verdict({ met }: Aim): string {
  if (met === undefined) return "not judged";
  return met ? "met       " : "NOT MET   ";
}

try {
  await bench();
} catch (error) {
  process.exitCode = report(error);
}
