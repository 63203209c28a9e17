import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { loadAll } from "js-yaml";
import type { Manifest } from "../../../constructs/index.ts";
import { Fault } from "../../../tools/fault.ts";
import type { ServiceObjects } from "../diff/index.ts";

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

async function readObjects(folder: string, path: string): Promise<{ service: string; manifest: Manifest }[]> {
  const [top, ...below] = relative(folder, path).split(sep);
  return documents(path, await readFile(path, "utf8"))
    .flatMap(members)
    .filter((document) => document !== null && !isOfKustomize(document))
    .map((document) => {
      if (!isManifest(document))
        throw new Fault(
          `${path} holds something without apiVersion, kind or metadata.name; name a folder of objects`,
          1,
        );
      const service = below.length > 0 ? top : document.metadata.labels?.["app.kubernetes.io/name"];
      return { service: service ?? "of no service", manifest: document };
    });
}

function documents(path: string, text: string): unknown[] {
  try {
    return loadAll(text);
  } catch (error) {
    throw new Fault(`${path} is no YAML: ${(error as Error).message}`, 1);
  }
}

/** What kubectl prints of several objects is a List. */
function members(document: unknown): unknown[] {
  const { kind, items } = (document ?? {}) as { kind?: unknown; items?: unknown };
  return kind === "List" && Array.isArray(items) ? items : [document];
}

function isOfKustomize(document: unknown): boolean {
  return String((document as { apiVersion?: unknown }).apiVersion).startsWith("kustomize.config.k8s.io/");
}

function isManifest(document: unknown): document is Manifest {
  const { apiVersion, kind, metadata } = document as Partial<Manifest>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}
