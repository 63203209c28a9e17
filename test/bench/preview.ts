import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { dump } from "js-yaml";
import type { Manifest } from "../../constructs/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { environments } from "../../stacks/environments.ts";
import { shop } from "../../stacks/shop.ts";
import { kubeconfig } from "../../tools/cluster/index.ts";
import { pulumiProgram } from "../../tools/pulumi/program.ts";
import type { Measurement, Say } from "./aim.ts";
import { median, ratio, spread, table } from "./figures.ts";
import { type Command, type Run, run } from "./process.ts";

const root = join(import.meta.dirname, "..", "..");
const limit = 1.3;

/**
 * Preview of dev, without the policy pack and with it, beside a bare Pulumi program of the same objects: two projects,
 * each with a stack of its own in a state of its own that is still empty, the same cluster, provider and configuration.
 */
export async function measurePreview(rounds: number, say: Say): Promise<Measurement> {
  // Within the repository, where both programs find the packages that they import.
  const folder = join(root, ".local", "bench");
  await rm(folder, { recursive: true, force: true });
  const objects = devObjects();
  const kit = join(folder, "kit");
  const bare = join(folder, "bare");
  await writeProject(kit, relative(kit, join(root, "stacks", "index.ts")));
  await writeProject(bare, "index.ts");
  await writeFile(join(bare, "index.ts"), bareSource(objects));
  const taken = await takeTurns(folder, { kit, bare }, rounds, say);
  await rm(folder, { recursive: true, force: true });
  const slower = ratio(secondsOf(taken.kit), secondsOf(taken.bare));
  return {
    title: `Preview of dev, ${objects.length} objects`,
    text: table(
      ["program", "seconds", "CPU seconds"],
      [
        ["pressurevalve", spread(secondsOf(taken.kit), 2), cpuSeconds(taken.kit)],
        ["pressurevalve, with the policy pack", spread(secondsOf(taken.judged), 2), cpuSeconds(taken.judged)],
        ["bare Pulumi", spread(secondsOf(taken.bare), 2), cpuSeconds(taken.bare)],
      ],
    ),
    aims: [
      {
        promise: `a preview of dev takes at most ${limit} times as long as one of a bare program`,
        measured: `${slower.toFixed(2)} times`,
        met: slower <= limit,
      },
    ],
    runs: taken,
  };
}

function secondsOf(taken: readonly Run[]): number[] {
  return taken.map(({ seconds }) => seconds);
}

function cpuSeconds(taken: readonly Run[]): string {
  return median(taken.map((one) => one.cpuSeconds)).toFixed(2);
}

/** What the kit registers for dev: the rendered objects, and the Secrets that it makes. */
function devObjects(): Manifest[] {
  return renderShop(shop, environments.dev).flatMap(({ manifests, secrets }) => [
    ...manifests,
    ...secrets.map(({ name, namespace, labels, type, keys }) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace, labels },
      type,
      stringData: Object.fromEntries(keys.map((key) => [key, "a value"])),
    })),
  ]);
}

async function writeProject(folder: string, main: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const project = {
    name: "bench",
    runtime: { name: "nodejs", options: { typescript: false } },
    main,
    config: { "kubernetes:upsertExistingObjects": { value: true } },
  };
  const config = { "kubernetes:kubeconfig": kubeconfig, "kubernetes:context": "pressurevalve" };
  await writeFile(join(folder, "Pulumi.yaml"), dump(project));
  await writeFile(join(folder, "Pulumi.dev.yaml"), dump({ config }));
}

/** One resource of the SDK's own class an object, as one writes them by hand. */
function bareSource(objects: readonly Manifest[]): string {
  const resources = objects.map((object) => {
    const { kind, metadata } = object;
    const name = [kind, metadata.namespace, metadata.name].filter(Boolean).join("-").toLowerCase();
    return `new ${resourceClass(object)}(${JSON.stringify(name)}, ${JSON.stringify(object, null, 2)});\n`;
  });
  return `import * as k8s from "@pulumi/kubernetes";\n\n${resources.join("\n")}`;
}

function resourceClass({ apiVersion, kind }: Manifest): string {
  const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  if (group.includes(".") && !group.endsWith(".k8s.io")) return "k8s.apiextensions.CustomResource";
  return `k8s.${group.split(".")[0]}.${version}.${kind}`;
}

type Taken = Record<"kit" | "judged" | "bare", Run[]>;

async function takeTurns(
  folder: string,
  { kit, bare }: { kit: string; bare: string },
  rounds: number,
  say: Say,
): Promise<Taken> {
  const pulumi = async (cwd: string, ...given: string[]): Promise<Command> => {
    const { path, args, env } = await pulumiProgram(given);
    return {
      program: path,
      args: [...args, "--stack", "dev", "--non-interactive", "--color", "never"],
      cwd,
      env: {
        ...env,
        PULUMI_BACKEND_URL: `file://${join(folder, `${cwd.split("/").at(-1)}-state`)}`,
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
        // The kit has its programs use Node's compile cache; a bare program does not know of it.
        ...(cwd === bare && { NODE_COMPILE_CACHE: undefined }),
      },
    };
  };
  for (const project of [kit, bare]) {
    await mkdir(`${project}-state`);
    await run(await pulumi(project, "stack", "init"));
  }
  const previews = {
    kit: await pulumi(kit, "preview"),
    judged: await pulumi(kit, "preview", "--policy-pack", join(root, "policies")),
    bare: await pulumi(bare, "preview"),
  };
  for (const preview of Object.values(previews)) await run(preview);
  const taken: Taken = { kit: [], judged: [], bare: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const [name, preview] of Object.entries(previews) as [keyof Taken, Command][]) {
      const one = await run(preview);
      taken[name].push(one);
      say(`preview, round ${round}: ${name} ${one.seconds.toFixed(1)} s`);
    }
  }
  return taken;
}
