import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { shopRoot } from "../shop-root.ts";
import { ensurePrograms, type ProgramName } from "../toolchain.ts";
import { translatePolicyPacks } from "./policy-pack.ts";

/** The Pulumi CLI, its language host and its provider for Kubernetes. */
export const pulumiPrograms = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-kubernetes",
] as const satisfies readonly ProgramName[];

/** The state backend and its passphrase, unless the user names another. */
const home = join(shopRoot, ".local", "pulumi");

/** How to start a program. */
export interface Invocation {
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
      PATH: [...folders, process.env.PATH].join(delimiter),
      // The plugins on PATH are the ones that are meant: nothing is fetched, and nobody is asked for news.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  };
}

/** State in the shop's own folder, encrypted with a passphrase made for it, unless the user brings a backend. */
async function backend(user: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  if (user.PULUMI_BACKEND_URL || user.PULUMI_ACCESS_TOKEN) return {};
  await mkdir(home, { recursive: true });
  const local = { PULUMI_BACKEND_URL: `file://${home}` };
  if (user.PULUMI_CONFIG_PASSPHRASE !== undefined || user.PULUMI_CONFIG_PASSPHRASE_FILE) return local;
  return { ...local, PULUMI_CONFIG_PASSPHRASE_FILE: await passphraseFile() };
}

async function passphraseFile(): Promise<string> {
  const path = join(home, "passphrase");
  await writeFile(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 }).catch((error) => {
    if (error.code !== "EEXIST") throw error;
  });
  return path;
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
