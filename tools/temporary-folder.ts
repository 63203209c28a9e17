import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { interruptible, stopInGoodOrder } from "./interruption.ts";

/**
 * Gives `use` a folder of its own that is gone afterwards, also when the command is told to end: `ended` then tells
 * `use` to end what it has started, and the command ends as soon as `use` has.
 *
 * @param purpose part of the folder's name
 * @param parent where the folder is made. Omitted: where the system keeps temporary files
 */
export function inTemporaryFolder<Result>(
  purpose: string,
  use: (folder: string, ended: AbortSignal) => Promise<Result>,
  parent = tmpdir(),
): Promise<Result> {
  const ending = new AbortController();
  return interruptible(
    () => "interrupted",
    async () => {
      const done = stopInGoodOrder(() => ending.abort());
      try {
        return await inFolder(join(parent, `pressurevalve-${purpose}-`), (folder) =>
          use(folder, ending.signal),
        );
      } finally {
        done();
      }
    },
  );
}

async function inFolder<Result>(prefix: string, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(prefix);
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
