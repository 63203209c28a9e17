import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Manifest } from "../../../constructs/index.ts";
import { Fault } from "../../../tools/fault.ts";
import type { ServiceObjects } from "../diff/index.ts";
import { parseManifests } from "./manifests.ts";

/**
 * The objects in a folder of YAML, however deep: as `synth` writes it, a folder for each service; or anyhow, and
 * then the label app.kubernetes.io/name says whose an object is.
 *
 * @throws Fault (exit code 1) where the folder cannot be read, or a file holds something else than Kubernetes objects
 */
export async function readFolder(folder: string): Promise<readonly ServiceObjects[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw new Fault(
      `${folder} cannot be read: ${error.message}; name a folder of YAML, such as the dist/<environment> that synth writes`,
      1,
    );
  });
  const paths = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const objects = (await Promise.all(paths.map((path) => readObjects(folder, path)))).flat();
  const byService = Map.groupBy(objects, ({ service }) => service);
  return [...byService].map(([name, members]) => ({
    name,
    manifests: members.map(({ manifest }) => manifest),
  }));
}

/** Beneath a folder its own folders are services. */
async function readObjects(folder: string, path: string): Promise<{ service: string; manifest: Manifest }[]> {
  const [top, ...below] = relative(folder, path).split(sep);
  return parseManifests(path, await readFile(path, "utf8")).map((manifest) => {
    const service = below.length > 0 ? top : manifest.metadata.labels?.["app.kubernetes.io/name"];
    return { service: service ?? "of no service", manifest };
  });
}
