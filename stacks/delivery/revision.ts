import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { exists } from "../../tools/cache.ts";
import { providePackages } from "../../tools/dependencies.ts";
import { type ExitCode, Fault } from "../../tools/fault.ts";
import { type Revision, withFilesOf } from "../../tools/revision.ts";
import type { ServiceObjects } from "./diff/index.ts";
import { readFolder } from "./yaml/folder.ts";

/**
 * An environment as it was rendered at a commit: by the code of that commit, the kit's too, in a process of its own.
 * It is asked for YAML, which every version of the kit can write. Nothing where the environment was not known then.
 *
 * @throws Fault with the problems that the shop has at that commit
 */
export async function renderedAt(
  revision: Revision,
  environment: string,
  say: (line: string) => void,
): Promise<readonly ServiceObjects[] | undefined> {
  return withFilesOf(revision, async (folder, ended) => {
    await providePackages({ ...revision, folder }, say, ended);
    return renderedIn(join(folder, revision.prefix), environment, ended);
  });
}

/**
 * An environment as the shop in a folder renders it, by the kit that is installed there, in a process of its own.
 * Nothing where the environment is not known there; `ended` ends it.
 *
 * @throws Fault with the problems that the shop has there
 */
export async function renderedIn(
  shop: string,
  environment: string,
  ended?: AbortSignal,
): Promise<readonly ServiceObjects[] | undefined> {
  const [command, ...args] = await synthCommand(shop);
  const { failed, exitCode, stdout, stderr, shortMessage } = await execa(
    command,
    [...args, "synth", environment, "--json"],
    { cwd: shop, env: environmentVariables(), reject: false, ...(ended && { cancelSignal: ended }) },
  );
  const words = wordsOf(stderr) || shortMessage || "synth failed";
  if (failed && isUnknown(words)) return undefined;
  if (failed) throw new Fault(words, asExitCode(exitCode));
  return withSecrets(await readFolder(join(shop, "dist", environment)), JSON.parse(stdout));
}

/** The kit's command: in the kit's own repository its source, elsewhere the installed package's. */
async function synthCommand(shop: string): Promise<[string, ...string[]]> {
  const source = join(shop, "cli", "main.ts");
  if (await isKit(shop)) return [process.execPath, source];
  const installed = join(shop, "node_modules", ".bin", "pressurevalve");
  if (await exists(installed)) return [installed];
  throw new Fault("there is no pressurevalve among its packages, so it cannot be rendered", 1);
}

async function isKit(shop: string): Promise<boolean> {
  const description = await readFile(join(shop, "package.json"), "utf8").catch(() => "{}");
  return JSON.parse(description).name === "pressurevalve";
}

/** Its Node is ours. */
function environmentVariables(): NodeJS.ProcessEnv {
  return { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NODE_OPTIONS: "" };
}

/** What went wrong: since there are errors in JSON, the last line; before, all of it. */
function wordsOf(stderr: string): string {
  const last = stderr.trimEnd().split("\n").at(-1) ?? "";
  return last.startsWith('{"error":') ? JSON.parse(last).error.message : stderr;
}

/** In the words of every version so far. */
function isUnknown(words: string): boolean {
  return /^environment \S+ is unknown;|Allowed choices are/m.test(words);
}

function asExitCode(code: number | undefined): ExitCode {
  return code === 2 || code === 3 ? code : 1;
}

interface Synthesised {
  readonly secrets?: NonNullable<ServiceObjects["secrets"]>;
}

/** The Secrets that must exist stand beside the YAML, under the namespaces of their services. */
function withSecrets(
  services: readonly ServiceObjects[],
  { secrets = [] }: Synthesised,
): readonly ServiceObjects[] {
  return services.map((service) => {
    const namespaces = new Set(
      service.manifests.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name),
    );
    return { ...service, secrets: secrets.filter(({ namespace }) => namespaces.has(namespace)) };
  });
}
