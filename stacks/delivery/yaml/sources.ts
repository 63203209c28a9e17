import { readFile, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { Manifest } from "../../../constructs/index.ts";
import { Fault } from "../../../tools/fault.ts";
import { readFolder } from "./folder.ts";
import { parseManifests } from "./manifests.ts";

/**
 * The objects of files, of folders however deep, and of `-`, which is stdin. Of one that stands there twice the last
 * counts, as it does when they are applied.
 *
 * @throws Fault (exit code 1) where something cannot be read, or holds no objects
 */
export async function readSources(sources: readonly string[]): Promise<Manifest[]> {
  const all = (await Promise.all(sources.map(read))).flat();
  if (all.length === 0) throw new Fault(`${sources.join(", ")} holds no objects; name what synth wrote`, 1);
  return [...new Map(all.map((manifest) => [identity(manifest), manifest])).values()];
}

async function read(source: string): Promise<Manifest[]> {
  if (source === "-") return parseManifests("stdin", await text(process.stdin));
  const found = await stat(source).catch((error: Error) => {
    throw new Fault(
      `${source} cannot be read: ${error.message}; name a file of YAML, a folder, or - for stdin`,
      1,
    );
  });
  if (!found.isDirectory()) return parseManifests(source, await readFile(source, "utf8"));
  return (await readFolder(source)).flatMap(({ manifests }) => manifests);
}

function identity({ apiVersion, kind, metadata: { namespace = "default", name } }: Manifest): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return [group, kind, namespace, name].join(" ");
}
