import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../fault.ts";

/** Where a binding of the Service Binding specification is mounted: one file a key. */
export interface Binding {
  readonly folder: string;
}

/**
 * The first binding of a type beneath the root; undefined where there is no root.
 *
 * @throws Fault when the root has no such binding.
 */
export async function findBinding(root: string | undefined, type: string): Promise<Binding | undefined> {
  if (root === undefined) {
    return undefined;
  }
  const names = (await readdir(root).catch(() => [])).sort();
  for (const name of names) {
    const folder = join(root, name);
    if ((await read({ folder }, "type").catch(() => undefined)) === type) {
      return { folder };
    }
  }
  throw new Fault(
    `SERVICE_BINDING_ROOT is ${root}, where no binding has the type ${type} (found: ${names.join(", ") || "none"})`,
    3,
  );
}

/** One key's value, as it stands now. */
export async function read(binding: Binding, key: string): Promise<string> {
  // Secrets made with echo or an editor end in a line feed that is no part of the value.
  return (await readFile(join(binding.folder, key), "utf8")).replace(/\n$/, "");
}
