import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";

/**
 * Writes one file of a .tar.gz to `path`. Nothing else of the archive reaches the disk, so that no name in it, such
 * as `../../etc/passwd`, leads anywhere.
 *
 * @throws Error when it holds no such file, or holds a link of that name
 */
export async function extractMember(archive: string, member: string, path: string): Promise<void> {
  const entries = extract();
  const reading = pipeline(createReadStream(archive), createGunzip(), entries);
  let found = false;
  const writing = (async () => {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      if (!found && type === "file" && name.replace(/^\.\//, "") === member) {
        await pipeline(entry, createWriteStream(path, { flags: "wx" }));
        found = true;
      } else entry.resume();
    }
  })();
  await Promise.all([reading, writing]);
  if (!found) throw new Error(`the archive holds no file ${member}`);
}
