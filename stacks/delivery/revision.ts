import { dirname, join } from "node:path";
import { execa } from "execa";
import type { Manifest } from "../../constructs/index.ts";
import { exists } from "../../tools/cache.ts";
import { providePackages } from "../../tools/dependencies.ts";
import { Fault } from "../../tools/fault.ts";
import { type Revision, withFilesOf } from "../../tools/revision.ts";
import { isKit } from "../../tools/shop-root.ts";
import type { ServiceObjects } from "./diff/index.ts";
import { platformName } from "./platform.ts";
import type { JudgedBy } from "./policies/judged-by.ts";
import { readFolder } from "./yaml/folder.ts";

/** What another shop has of an environment, or which of the two it lacks. */
export type OtherSide =
  | {
      readonly services: readonly ServiceObjects[];
      /** By what the API server judges it; nothing where its kit has no such policies yet. */
      readonly platform: readonly Manifest[];
      /** Absent where its kit has no policies yet. */
      readonly judgedBy?: JudgedBy;
      readonly lacks?: undefined;
    }
  | { readonly lacks: "shop" | "environment" };

/**
 * An environment as it was rendered at a commit: by the code of that commit, the kit's too, in a process of its own.
 * It is asked for YAML, which every version of the kit can write.
 *
 * @throws Fault with the problems that the shop has at that commit
 */
export async function renderedAt(
  revision: Revision,
  environment: string,
  say: (line: string) => void,
): Promise<OtherSide> {
  return withFilesOf(revision, async (folder, ended) => {
    const shop = join(folder, revision.prefix);
    if (!(await isShop(shop))) return { lacks: "shop" };
    await providePackages({ ...revision, folder }, say, ended);
    return renderedIn(shop, environment, ended);
  });
}

async function isShop(folder: string): Promise<boolean> {
  return isKit(folder) ? exists(sourceOf(folder)) : exists(join(folder, "stacks", "shop.ts"));
}

/**
 * An environment as the shop in a folder renders it, by the kit that is installed there, in a process of its own that
 * `ended` ends. Policies do not judge it: it is compared, and not delivered.
 *
 * @throws Fault with the problems that the shop has there: exit code 3 where something is missing that it needs, else 1
 */
export async function renderedIn(shop: string, environment: string, ended: AbortSignal): Promise<OtherSide> {
  const { failed, exitCode, stdout, stderr, shortMessage } = await synthesised(shop, environment, ended);
  const words = wordsOf(stderr) || shortMessage || "synth failed";
  if (failed && isUnknown(words)) return { lacks: "environment" };
  if (failed) throw new Fault(words, exitCode === 3 ? 3 : 1);
  const { policies, ...told }: Synthesised = JSON.parse(stdout);
  const services = withSecrets(await readFolder(join(shop, "dist", environment)), told);
  const platform = await platformIn(join(shop, "dist", platformName({ name: environment })));
  return { services, platform, ...(policies && { judgedBy: policies }) };
}

async function platformIn(folder: string): Promise<readonly Manifest[]> {
  if (!(await exists(folder))) return [];
  return (await readFolder(folder)).flatMap(({ manifests }) => manifests);
}

/** A kit that does not know the option says so at once, and is asked without it. */
async function synthesised(shop: string, environment: string, cancelSignal: AbortSignal) {
  const [command, ...args] = await kitCommand(shop);
  const synth = (...options: string[]) =>
    execa(command, [...args, "synth", environment, "--json", ...options], {
      cwd: shop,
      env: environmentVariables(),
      reject: false,
      cancelSignal,
    });
  const unjudged = await synth("--unjudged");
  return unjudged.failed && wordsOf(unjudged.stderr).includes("--unjudged") ? synth() : unjudged;
}

/** In the kit's own repository its source, elsewhere the installed package's. */
async function kitCommand(shop: string): Promise<[string, ...string[]]> {
  if (isKit(shop)) return [process.execPath, sourceOf(shop)];
  const installed = join(shop, "node_modules", ".bin", "pressurevalve");
  if (await exists(installed)) return [installed];
  throw new Fault("there is no pressurevalve among its packages, so it cannot be rendered", 1);
}

function sourceOf(kit: string): string {
  return join(kit, "cli", "main.ts");
}

/** Its Node is ours. */
function environmentVariables(): NodeJS.ProcessEnv {
  return { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NODE_OPTIONS: "" };
}

/** What went wrong: in versions that have errors in JSON the line that is one, else all of it. */
function wordsOf(stderr: string): string {
  const error = stderr.split("\n").findLast((line) => line.startsWith('{"error":'));
  return error === undefined ? stderr : JSON.parse(error).error.message;
}

/** In the words of every version so far. */
function isUnknown(words: string): boolean {
  return /^environment \S+ is unknown;|Allowed choices are/m.test(words);
}

interface Synthesised {
  readonly policies?: JudgedBy;
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
