import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadAll } from "js-yaml";
import type { Manifest } from "../../constructs/index.ts";

/** The Kubernetes objects of all YAML files beneath a folder. */
export async function objectsIn(folder: string): Promise<Manifest[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".yaml"));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts.flatMap((text) => loadAll(text) as Manifest[]).filter((document) => document != null);
}

/** The first difference between two sets of objects, whatever the order of objects and of their fields. */
export function difference(expected: readonly Manifest[], found: readonly Manifest[]): string | undefined {
  const left = new Map(expected.map((object) => [identity(object), object]));
  const right = new Map(found.map((object) => [identity(object), object]));
  const missing = [...left.keys()].find((name) => !right.has(name));
  if (missing !== undefined) return `${missing} is missing`;
  const surplus = [...right.keys()].find((name) => !left.has(name));
  if (surplus !== undefined) return `${surplus} is surplus`;
  const differing = [...left.keys()].find((name) => !isDeepStrictEqual(left.get(name), right.get(name)));
  if (differing !== undefined)
    return `${differing} differs at ${firstDifference(left.get(differing), right.get(differing))}`;
  return found.length === expected.length ? undefined : `${found.length} objects are not ${expected.length}`;
}

function identity({ apiVersion, kind, metadata: { namespace = "", name } }: Manifest): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`;
}

/** `.spec.replicas: 3, not 4` */
function firstDifference(expected: unknown, found: unknown): string {
  if (isObject(expected) && isObject(found)) {
    const fields = new Set([...Object.keys(expected), ...Object.keys(found)]);
    const field = [...fields].find((name) => !isDeepStrictEqual(expected[name], found[name]));
    if (field !== undefined) return `.${field}${firstDifference(expected[field], found[field])}`;
  }
  return `: ${JSON.stringify(expected)}, not ${JSON.stringify(found)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
