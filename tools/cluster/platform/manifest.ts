import { readFile } from "node:fs/promises";
import { loadAll } from "js-yaml";

/** A Kubernetes object, loosely: upstream's own manifests are read, changed in a few fields and applied. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the rest differs by kind, and the API server checks it
  [field: string]: any;
}

/** The objects of a YAML file of upstream. */
export async function readManifests(path: string): Promise<Manifest[]> {
  return parseManifests(await readFile(path, "utf8"));
}

/** The objects of a YAML text of upstream. */
export function parseManifests(text: string): Manifest[] {
  return loadAll(text).filter(Boolean) as Manifest[];
}

/** Changes, in a copy, the one object of that kind and name. */
export function edited(
  manifests: readonly Manifest[],
  kind: string,
  name: string,
  edit: (manifest: Manifest) => void,
): Manifest[] {
  const at = manifests.findIndex((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  const found = manifests[at];
  if (!found) {
    throw new Error(`upstream's manifests have no ${kind} ${name}`);
  }
  const copy = structuredClone(found);
  edit(copy);
  return manifests.with(at, copy);
}
