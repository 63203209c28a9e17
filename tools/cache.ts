import { rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { removeAbandoned, unfinishedFolder } from "./unfinished.ts";

/** Where this machine keeps what every checkout can share, named by its content: programs, Debian packages. */
export const machineCache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pressurevalve");

/**
 * The folder of that name in the machine's cache, made by `fill` when it is absent. `fill` works in another
 * folder that takes the name when it is complete, so an interrupted run leaves nothing half-made, and of two
 * runs at once the first one wins.
 */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(machineCache, name);
  if (await exists(folder)) {
    // The one who is killed is often the one who would have made the last thing that was missing.
    await removeAbandoned(folder);
    return folder;
  }
  const unfinished = await unfinishedFolder(folder);
  try {
    await fill(unfinished);
    await rename(unfinished, folder).catch(async (error) => {
      if (!(await exists(folder))) {
        throw error;
      }
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Whether a file or folder of that name is there. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
