import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
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
  const text = await textOf(files.state);
  if (text === undefined) return undefined;
  try {
    return parseState(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Fault(
      `${files.state} is no state that Pulumi wrote: ${reason}; nothing was changed; ${await remedy(files)}`,
      3,
    );
  }
}

/** @throws Error that says what is wrong with it; Pulumi itself takes any JSON for an empty state, and writes over it */
function parseState(text: string): State {
  if (text.trim() === "") throw new Error("it is empty");
  const state = JSON.parse(text);
  if (typeof state?.version === "number" && typeof state.checkpoint === "object" && state.checkpoint !== null)
    return state;
  throw new Error("it has no version and checkpoint");
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error) => {
    if (error.code === "ENOENT") return undefined;
    throw new Fault(`${path} cannot be read: ${error.message}; mend that, or restore it from a backup`, 3);
  });
}

async function remedy(files: StackFiles): Promise<string> {
  const backup = await newestWhole(files.backups);
  if (backup === undefined)
    return "there is no whole backup beside it; restore one of yours, or move the file away to begin with an empty state";
  const stack = basename(files.state, ".json");
  return `bring the newest backup back, and let Pulumi look at what the cluster has: cp ${backup} ${files.state} && npx pulumi refresh -s ${stack}`;
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
    parseState(await readFile(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
