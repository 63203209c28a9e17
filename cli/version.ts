import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The kit's version. */
export function version(): string {
  const file = findPackageJSON("..", import.meta.url);
  if (file === undefined) throw new Error(`${import.meta.url} is in no package`);
  return JSON.parse(readFileSync(file, "utf8")).version;
}
