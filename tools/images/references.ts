import { readFile, rename, writeFile } from "node:fs/promises";

/** The registry of images that are in none: they reach the cluster as archives. */
export const REGISTRY = "pressurevalve.local";

/** The reference of an image that is in no registry. */
export function localReference(name: string, tag: string): string {
  return `${REGISTRY}/${name}:${tag}`;
}

/** The images of an environment, as stacks/images.<environment>.json holds them. */
export interface ImageReferences {
  readonly services: Readonly<Record<string, string>>;
  readonly stores: { readonly postgres: string };
  readonly tools: { readonly busybox: string };
}

/** Writes the references like a lock file: only when they differ from what stands there. Returns whether they did. */
export async function writeImageReferences(path: string, references: ImageReferences): Promise<boolean> {
  const text = `${JSON.stringify(sorted(references), null, 2)}\n`;
  const before = await readFile(path, "utf8").catch(() => "");
  if (text === before) {
    return false;
  }
  // The file is read by what runs meanwhile, and a write may be cut short.
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
  return true;
}

function sorted(value: object): object {
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(
    entries.map(([key, held]) => [key, typeof held === "object" ? sorted(held) : held]),
  );
}
