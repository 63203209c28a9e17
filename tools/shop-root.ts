import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the kit itself, which in this repository is the shop's as well. */
export const kitRoot = join(import.meta.dirname, "..");

/**
 * The folder of the shop that a command is about: the working directory, or the nearest one above it, that has a
 * `stacks/shop.ts`. Without a shop it is the working directory.
 */
export const shopRoot = nearest(process.cwd()) ?? process.cwd();

/** Whether a folder is that of a shop. */
export function holdsShop(folder: string): boolean {
  return existsSync(join(folder, "stacks", "shop.ts"));
}

function nearest(folder: string): string | undefined {
  if (holdsShop(folder)) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : nearest(above);
}

/** Whether a folder is the kit's own repository, where a shop is rendered by the sources that lie beside it. */
export function isKit(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))?.name === "pressurevalve";
  } catch {
    return false;
  }
}
