import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { shopRoot } from "../shop-root.ts";

/** Where the state of this shop's stacks lies, unless the user names another place. */
export const home = join(shopRoot, ".local", "pulumi");

/** The backend of a run, as Pulumi gets it: `PULUMI_BACKEND_URL`. */
export function backendUrl(user: NodeJS.ProcessEnv = process.env): string | undefined {
  if (user.PULUMI_BACKEND_URL) return user.PULUMI_BACKEND_URL;
  return user.PULUMI_ACCESS_TOKEN ? undefined : `file://${home}`;
}

/** The files of one stack. */
export interface StackFiles {
  /** Everything that Pulumi knows of the stack. */
  readonly state: string;
  /** Where Pulumi and its updates leave earlier states; each file is a whole state. */
  readonly backups: readonly string[];
  /** The folder of its locks; a lock is a file. */
  readonly locks: string;
  /** Ours: it is there for as long as an interrupted run is not settled. */
  readonly interrupted: string;
}

/** The files of a stack of this shop; nothing where the backend is no folder of this machine. */
export async function stackFiles(stack: string, url = backendUrl()): Promise<StackFiles | undefined> {
  if (!url?.startsWith("file:///")) return undefined;
  const project = await projectName();
  const within = (...path: string[]) => join(fileURLToPath(url), ".pulumi", ...path);
  const state = within("stacks", project, `${stack}.json`);
  return {
    state,
    backups: [`${state}.bak`, within("backups", project, stack), within("history", project, stack)],
    locks: within("locks", "organization", project, stack),
    interrupted: within("interrupted", project, stack),
  };
}

/** The name in Pulumi.yaml. */
async function projectName(): Promise<string> {
  return (load(await readFile(join(shopRoot, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}
