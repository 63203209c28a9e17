import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { execa } from "execa";
import { dump } from "js-yaml";
import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import type { Level, Settings } from "../../policies/judgement/verdict.ts";
import { pulumiProgram } from "../../tools/pulumi/program.ts";
import { kitRoot } from "../../tools/shop-root.ts";

/** What the pack says of one of the objects. */
export interface Said {
  /** Which of the objects. */
  readonly number: number;
  readonly rule: string;
  /** As it is shown, rule and object first. */
  readonly message: string;
  readonly level: Level;
}

export interface Previewed {
  readonly said: readonly Said[];
  readonly exitCode: number | undefined;
}

/**
 * Previews a stack of these objects with the policy pack: Pulumi's own engine, the provider of Kubernetes and the pack,
 * each in its process. A stack that is still empty asks no cluster.
 */
export async function previewed(
  objects: readonly KubernetesObject[],
  settings: Omit<Settings, "today">,
): Promise<Previewed> {
  const local = join(kitRoot, ".local");
  await mkdir(local, { recursive: true });
  // Within the repository, where the program finds the packages that it imports.
  const folder = await mkdtemp(join(local, "previewed-"));
  try {
    const main = relative(folder, join(import.meta.dirname, "registered-objects.ts"));
    const runtime = { name: "nodejs", options: { typescript: false } };
    await writeFile(join(folder, "Pulumi.yaml"), dump({ name: "previewed", runtime, main }));
    await writeFile(join(folder, "registered.json"), JSON.stringify({ settings, objects }));
    await pulumi(folder, "stack", "init");
    const events = join(folder, "events.json");
    const pack = join(kitRoot, "policies");
    const exitCode = await pulumi(folder, "preview", "--policy-pack", pack, "--event-log", events);
    return { said: await violations(events), exitCode };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pulumi(folder: string, ...given: string[]): Promise<number | undefined> {
  const { path, args, env } = await pulumiProgram([...given, "--stack", "dev", "--non-interactive"]);
  const { exitCode } = await execa(path, args, {
    cwd: folder,
    reject: false,
    stdio: "ignore",
    env: {
      ...env,
      // What Jest gives its own Node is not for the program's.
      NODE_OPTIONS: "",
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "previewed",
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      // Lets it keep its events, which are what the display shows without its shortening.
      PULUMI_DEBUG_COMMANDS: "true",
      REGISTERED: join(folder, "registered.json"),
      // Nothing is to be found by accident.
      KUBECONFIG: join(folder, "no-kubeconfig"),
    },
  });
  return exitCode;
}

interface EngineEvent {
  readonly policyEvent?: {
    readonly resourceUrn: string;
    readonly policyName: string;
    readonly message: string;
    readonly enforcementLevel: Level;
  };
  readonly summaryEvent?: object;
}

/** @throws Error where the preview came to no end, and so was not judged */
async function violations(file: string): Promise<Said[]> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  const events = lines.map((line): EngineEvent => JSON.parse(line));
  if (!events.some(({ summaryEvent }) => summaryEvent))
    throw new Error(`the preview did not end:\n${lines.slice(-20).join("\n")}`);
  return events
    .flatMap(({ policyEvent }) => policyEvent ?? [])
    .map((event) => ({
      number: Number(event.resourceUrn.split("::").at(-1)),
      rule: event.policyName,
      message: event.message.trimEnd(),
      level: event.enforcementLevel,
    }));
}
