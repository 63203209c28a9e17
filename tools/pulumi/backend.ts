import { readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { load } from "js-yaml";
import { Fault } from "../fault.ts";
import { shopRoot } from "../shop-root.ts";

/** Where the state of this shop's stacks lies, unless the user names another place. */
export const home = homeOf(shopRoot);

/** Where the state of a shop's stacks lies, unless the user names another place. */
export function homeOf(root: string): string {
  return join(root, ".local", "pulumi");
}

/**
 * The backend of a run, as Pulumi gets it: `PULUMI_BACKEND_URL`. A folder's is absolute: relative to the shop, wherever
 * in it a command is given.
 *
 * @throws Fault (exit code 1) when the user names a folder in no way that can be read
 */
export function backendUrl(user: NodeJS.ProcessEnv = process.env, root = shopRoot): string | undefined {
  if (user.PULUMI_BACKEND_URL) return absolute(user.PULUMI_BACKEND_URL, root);
  return user.PULUMI_ACCESS_TOKEN ? undefined : pathToFileURL(homeOf(root)).href;
}

/** Pulumi takes `file://~`, `file://~/…` and `file://./…`, which no URL library reads. */
function absolute(url: string, root: string): string {
  const [, path, query = ""] = /^file:\/\/([^?]*)(\?.*)?$/.exec(url) ?? [];
  if (path === undefined) return url;
  const expanded = decoded(path, url).replace(/^~(?=\/|$)/, () => userInfo().homedir);
  return pathToFileURL(resolve(root, expanded)).href + query;
}

function decoded(path: string, url: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    const rule = "its folder holds a % that encodes nothing; write it as %25";
    throw new Fault(`PULUMI_BACKEND_URL is ${url}, and ${rule}`, 1, { cause });
  }
}

/** The files of one stack. */
export interface StackFiles {
  /** Everything that Pulumi knows of the stack; compressed where its name ends in .gz or .zst. */
  readonly state: string;
  /** Where Pulumi and its updates leave earlier states; each file is a whole state. */
  readonly backups: readonly string[];
  /** The folder of its locks; a lock is a file. */
  readonly locks: string;
  /** Ours: it is there for as long as an interrupted run is not settled. */
  readonly interrupted: string;
}

/**
 * The files of a stack of this shop; nothing where the backend is no folder of this machine.
 *
 * @throws Fault (exit code 1) when Pulumi.yaml does not say the project's name
 */
export async function stackFiles(
  stack: string,
  url = backendUrl(),
  root = shopRoot,
): Promise<StackFiles | undefined> {
  if (!url?.startsWith("file:///")) return undefined;
  const project = await projectName(root);
  const within = (...path: string[]) => join(fileURLToPath(url), ".pulumi", ...path);
  const plain = within("stacks", project, `${stack}.json`);
  return {
    state: (await newest(variants(plain))) ?? plain,
    backups: [
      ...variants(plain).map((file) => `${file}.bak`),
      within("backups", project, stack),
      within("history", project, stack),
    ],
    locks: within("locks", "organization", project, stack),
    interrupted: within("interrupted", project, stack),
  };
}

/** As PULUMI_DIY_BACKEND_GZIP and PULUMI_DIY_BACKEND_ZSTD have it written. */
function variants(file: string): string[] {
  return ["", ".gz", ".zst"].map((extension) => file + extension);
}

/** Where it changed its compression, Pulumi takes the state that was written last. */
async function newest(files: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(files.map(async (file) => ({ file, time: await timeOf(file) })));
  return found.filter(({ time }) => time > 0).sort((a, b) => b.time - a.time)[0]?.file;
}

/** When a file was written, in milliseconds; 0 when it is not there. */
function timeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** The name in Pulumi.yaml. */
async function projectName(root: string): Promise<string> {
  const file = join(root, "Pulumi.yaml");
  const project = parsed(file, await textOf(file));
  if (typeof project?.name === "string" && project.name !== "") return project.name;
  throw new Fault(`${file} has no name; begin it with that of the project, such as name: my-shop`, 1);
}

async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const fault = code === "ENOENT" ? "is missing" : `cannot be read: ${message}`;
    throw new Fault(`${file} ${fault}; bring it back, or go to the folder of your shop`, 1, { cause });
  });
}

function parsed(file: string, text: string): { readonly name?: unknown } | null {
  try {
    return load(text) as { readonly name?: unknown } | null;
  } catch (cause) {
    const [reason] = (cause as Error).message.split("\n");
    throw new Fault(`${file} is no YAML: ${reason}; mend it`, 1, { cause });
  }
}
