import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensurePrograms } from "../../tools/toolchain.ts";
import type { Aim, Measurement } from "./aim.ts";
import { writeChart } from "./chart-values.ts";
import { median, ratio, spread, table } from "./figures.ts";
import { type Command, type Run, run } from "./process.ts";
import type { Rounds } from "./rounds.ts";
import { difference, objectsIn } from "./same-objects.ts";
import { writeShop } from "./shop-sources.ts";
import { sketchShop } from "./sketch.ts";

/** Who writes the YAML of a shop, and where it leaves it. */
interface Contender {
  readonly name: string;
  readonly command: Command;
  readonly output: string;
}

interface ShopRuns {
  readonly services: number;
  readonly objects: number;
  readonly runs: Readonly<Record<string, readonly Run[]>>;
}

const kit = "pressurevalve synth";
const helm = "helm template";
const cdk8s = "plain cdk8s";

/** Synth of generated shops beside Helm and plain cdk8s, which write the same objects, in rounds that take turns. */
export async function measureSynth(
  folder: string,
  sizes: readonly number[],
  rounds: Rounds,
): Promise<Measurement> {
  const paths = await ensurePrograms(["helm"], rounds.say);
  const shops: ShopRuns[] = [];
  for (const size of sizes)
    shops.push(await measureShop(join(folder, String(size)), size, paths.helm, rounds));
  return {
    title: "Synth of generated shops",
    text: table(
      ["services", "objects", "program", "seconds", "CPU seconds", "peak MB", "µs an object"],
      shops.flatMap(rows),
    ),
    aims: aims(shops),
    runs: shops,
  };
}

async function measureShop(
  folder: string,
  size: number,
  helmPath: string,
  { rounds, say, ended }: Rounds,
): Promise<ShopRuns> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const contenders = contendersIn(folder, helmPath).map((contender) => ({
    ...contender,
    command: { ...contender.command, ended },
  }));
  const objects = await writeSources(folder, size, contenders);
  const runs: Record<string, Run[]> = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, command, output } of contenders) {
      await rm(output, { recursive: true, force: true });
      const taken = await run(command);
      runs[name]?.push(taken);
      say(`${size} services, round ${round}: ${name} ${taken.seconds.toFixed(2)} s`);
    }
  }
  await rm(folder, { recursive: true, force: true });
  return { services: size, objects, runs };
}

function contendersIn(folder: string, helmPath: string): readonly Contender[] {
  const node = process.execPath;
  const root = join(import.meta.dirname, "..", "..");
  const shop = join(folder, "shop");
  const output = (name: string) => join(folder, `written-by-${name}`);
  return [
    {
      name: kit,
      command: { program: join(root, "cli", "pressurevalve.sh"), args: ["synth", "production"], cwd: shop },
      // Beside it lies the platform, which the others do not write.
      output: join(shop, "dist", "production"),
    },
    {
      name: helm,
      command: {
        program: helmPath,
        args: ["template", "shop", join(folder, "chart"), "--output-dir", output("helm")],
      },
      output: output("helm"),
    },
    {
      name: cdk8s,
      command: {
        program: node,
        args: [join(import.meta.dirname, "plain-cdk8s.ts"), join(folder, "objects.json"), output("cdk8s")],
      },
      output: output("cdk8s"),
    },
  ];
}

/**
 * Writes every contender's sources, and lets each run once: to warm up, and to see that they write the same objects.
 *
 * @throws Error when they do not
 */
async function writeSources(folder: string, size: number, contenders: readonly Contender[]): Promise<number> {
  const shop = sketchShop(size);
  await writeShop(join(folder, "shop"), shop);
  const [ours, ...others] = contenders as [Contender, ...Contender[]];
  await run(ours.command);
  const objects = await objectsIn(ours.output);
  await writeChart(join(folder, "chart"), shop, objects);
  // Those of a service in the order of their names: an edge's other end lies in the callee's namespace.
  const byService = Map.groupBy(objects, ({ metadata }) => metadata.labels?.["app.kubernetes.io/name"]);
  const charts = [...byService].map(([name, manifests]) => ({ name, manifests }));
  await writeFile(join(folder, "objects.json"), JSON.stringify(charts));
  for (const { name, command, output } of others) {
    await run(command);
    const differing = difference(objects, await objectsIn(output));
    if (differing !== undefined) throw new Error(`${name} writes other objects: ${differing}`);
  }
  return objects.length;
}

function rows({ services, objects, runs }: ShopRuns): string[][] {
  return Object.entries(runs).map(([name, taken]) => [
    String(services),
    String(objects),
    name,
    spread(seconds(taken), 2),
    median(taken.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    median(taken.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
    ((median(seconds(taken)) / objects) * 1e6).toFixed(0),
  ]);
}

function seconds(taken: readonly Run[] = []): number[] {
  return taken.map((one) => one.seconds);
}

/** What is promised of shops of these sizes; without one of them a promise is not judged, and says so. */
export function aims(shops: readonly ShopRuns[]): Aim[] {
  const [small, medium, large] = [5, 100, 1000].map((size) =>
    shops.find(({ services }) => services === size),
  );
  return [linearGrowth(small, medium, large), twiceAsFastAsHelm(large)];
}

/** The start of the process, which the smallest shop stands for, is taken off: it would flatter the larger shop. */
function linearGrowth(small?: ShopRuns, medium?: ShopRuns, large?: ShopRuns): Aim {
  const promise = "an object of 1,000 services costs at most 1.2 times one of 100, the start taken off";
  if (!small || !medium || !large) return { promise, measured: "wants --sizes with 5, 100 and 1000" };
  const cost = ({ objects, runs }: ShopRuns) =>
    (median(seconds(runs[kit])) - median(seconds(small.runs[kit]))) / (objects - small.objects);
  const growth = cost(large) / cost(medium);
  return {
    promise,
    measured: `${growth.toFixed(2)} times`,
    met: growth <= 1.2,
  };
}

function twiceAsFastAsHelm(large?: ShopRuns): Aim {
  const promise = "1,000 services take at most half the time of helm template";
  if (!large) return { promise, measured: "wants --sizes with 1000" };
  const faster = ratio(seconds(large.runs[helm]), seconds(large.runs[kit]));
  return {
    promise,
    measured: `helm takes ${faster.toFixed(2)} times as long`,
    met: faster >= 2,
  };
}
