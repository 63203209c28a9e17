import { randomBytes } from "node:crypto";
import { access, constants, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { machineCache } from "../cache.ts";
import { Fault } from "../fault.ts";
import { shopRoot } from "../shop-root.ts";
import { ensurePrograms, type ProgramName } from "../toolchain.ts";
import { backendUrl, home } from "./backend.ts";
import { runMark } from "./orphans.ts";
import { translatePolicyPacks } from "./policy-pack.ts";

/** The Pulumi CLI, its language host and its provider for Kubernetes. */
export const pulumiPrograms = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-kubernetes",
] as const satisfies readonly ProgramName[];

/** How to start a program. */
interface Invocation {
  path: string;
  args: string[];
  env: Record<string, string>;
}

/**
 * How to start the kit's own Pulumi CLI, built when this machine's cache lacks it.
 *
 * @throws Fault when a program cannot be built.
 */
export async function pulumiProgram(args: readonly string[]): Promise<Invocation> {
  const paths = await ensurePrograms(pulumiPrograms, (line) => console.error(line));
  const folders = [
    // The language host starts `node` by its name, and must meet the one that runs TypeScript.
    dirname(process.execPath),
    join(shopRoot, "node_modules", ".bin"),
    ...Object.values(paths).map(dirname),
    join(import.meta.dirname, "plugins"),
  ];
  return {
    path: paths.pulumi,
    args: await translatePolicyPacks(args, join(home, "policy-packs")),
    env: {
      ...definedVariables(process.env),
      ...(await backend(process.env)),
      [runMark]: backendUrl() ?? "",
      PATH: [...folders, process.env.PATH].join(delimiter),
      // The plugins on PATH are the ones that are meant: nothing is fetched, and nobody is asked for news.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // The SDK is large: what Node compiled of it for one run serves the next.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(machineCache, "compiled"),
    },
  };
}

/** State in the shop's own folder, encrypted with a passphrase made for it, unless the user brings a backend. */
async function backend(user: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const url = backendUrl(user);
  if (url === undefined) return {};
  const local = { PULUMI_BACKEND_URL: url };
  if (user.PULUMI_BACKEND_URL) return local;
  await requireHome();
  if (user.PULUMI_CONFIG_PASSPHRASE !== undefined || user.PULUMI_CONFIG_PASSPHRASE_FILE) return local;
  return { ...local, PULUMI_CONFIG_PASSPHRASE_FILE: await passphraseFile() };
}

async function requireHome(): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK);
  } catch (cause) {
    throw new Fault(
      `${home}, where the state of this shop lies, cannot be written: ${(cause as Error).message}; ` +
        "make it writable, or name another place with PULUMI_BACKEND_URL",
      3,
      { cause },
    );
  }
}

/** @throws Fault where there is a state, but no passphrase any more: a new one would not open it, and hide the loss. */
async function passphraseFile(): Promise<string> {
  const path = join(home, "passphrase");
  if (await isFile(path)) return path;
  if ((await stateFiles()).length > 0) {
    throw new Fault(
      `${path} is gone, and the secrets of the state beside it were encrypted with it; nothing was changed; ` +
        `bring it back, or name it with PULUMI_CONFIG_PASSPHRASE; or move ${home} away to begin with an empty state`,
      3,
    );
  }
  await writeFile(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 }).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  return path;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function stateFiles(): Promise<string[]> {
  const names = await readdir(join(home, ".pulumi", "stacks"), { recursive: true }).catch(() => []);
  return names.filter((name) => /\.json(\.gz|\.zst)?$/.test(name));
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
