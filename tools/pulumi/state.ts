import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { Fault } from "../fault.ts";
import type { StackFiles } from "./backend.ts";

/** What a state file holds, as far as it matters here. */
export interface State {
  readonly version: number;
  readonly checkpoint: { readonly latest?: Deployment };
}

/** The resources of a stack, as `pulumi stack export` and `import` speak of them. */
export interface Deployment {
  readonly resources?: readonly Resource[];
  readonly pending_operations?: readonly Operation[];
}

/** What Pulumi was about to do to a resource, written before it does it and taken back afterwards. */
export interface Operation {
  readonly type: string;
  readonly resource: Resource;
}

/** One resource of a stack. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** An older one of this URN, to be deleted. */
  readonly delete?: boolean;
  /** It is deleted already, and to be made anew. */
  readonly pendingReplacement?: boolean;
}

/**
 * The state of a stack; nothing when there is none yet.
 *
 * @throws Fault (exit code 3) when the file is not what Pulumi wrote, before anything can write over it, with the
 *   command that brings the newest whole backup back
 */
export async function readState(files: StackFiles): Promise<State | undefined> {
  const bytes = await bytesOf(files.state);
  if (bytes === undefined) return undefined;
  try {
    return parseState(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Fault(
      `${files.state} is no state that Pulumi wrote: ${reason}; nothing was changed; ${await remedy(files)}`,
      3,
    );
  }
}

/** @throws Error that says what is wrong with it; Pulumi itself takes any JSON for an empty state, and writes over it */
function parseState(bytes: Buffer): State {
  const text = decompressed(bytes).toString("utf8");
  if (text.trim() === "") throw new Error("it is empty");
  const state = JSON.parse(text);
  if (typeof state?.version === "number" && typeof state.checkpoint === "object" && state.checkpoint !== null)
    return state;
  throw new Error("it has no version and checkpoint");
}

/** Pulumi, too, goes by the first bytes, whatever the name. */
function decompressed(bytes: Buffer): Buffer {
  const start = bytes.toString("hex", 0, 4);
  if (start.startsWith("1f8b")) return gunzipSync(bytes);
  return start === "28b52ffd" ? zstdDecompressSync(bytes) : bytes;
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw new Fault(`${path} cannot be read: ${error.message}; mend that, or restore it from a backup`, 3);
  });
}

async function remedy({ state, backups }: StackFiles): Promise<string> {
  const backup = await newestWhole(backups);
  if (backup === undefined)
    return "there is no whole backup beside it; restore one of yours, or move the file away to begin with an empty state";
  const stack = basename(state).replace(/\.json(\.gz|\.zst)?$/, "");
  const restored = join(dirname(state), `${stack}.json${compressionIn(backup)}`);
  return `bring the newest backup back, and let Pulumi look at what the cluster has: cp ${backup} ${restored} && npx pulumi refresh -s ${stack}`;
}

/** `.gz`, `.zst` or nothing: Pulumi takes the file that was written last, of whatever compression. */
function compressionIn(backup: string): string {
  return /\.(gz|zst)(?=(\.bak)?$)/.exec(backup)?.[0] ?? "";
}

/** The youngest file among the backups that is a state. */
async function newestWhole(places: readonly string[]): Promise<string | undefined> {
  const files = (await Promise.all(places.map(filesIn))).flat();
  const dated = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })));
  for (const { file } of dated.sort((a, b) => b.time - a.time)) {
    if (await isWhole(file)) return file;
  }
  return undefined;
}

/** The files of a folder, or the file itself; none where there is nothing. */
async function filesIn(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return [];
  return found.isDirectory() ? (await readdir(place)).map((name) => join(place, name)) : [place];
}

async function isWhole(file: string): Promise<boolean> {
  try {
    parseState(await readFile(file));
    return true;
  } catch {
    return false;
  }
}
