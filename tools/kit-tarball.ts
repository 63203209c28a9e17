import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { kitRoot } from "./shop-root.ts";

/** Where npm gets the kit from when a registry is not asked. */
export interface KitTarball {
  readonly path: string;
  /** The sources that `npm run package` makes it of; nothing where the kit is such a package itself. */
  readonly sources?: string;
}

/** The tarball that the kit which runs came in, or is packed into; nothing where it came from a registry. */
export async function kitTarball(root: string = kitRoot): Promise<KitTarball | undefined> {
  const { private: isSource, version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  if (isSource) return { path: join(root, ".local", `pressurevalve-${version}.tgz`), sources: root };
  const modules = dirname(root);
  // What npm installed, and from where: https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles
  const record = await readFile(join(modules, ".package-lock.json"), "utf8").catch(() => "{}");
  const from: unknown = JSON.parse(record).packages?.["node_modules/pressurevalve"]?.resolved;
  if (typeof from !== "string" || !from.startsWith("file:")) return undefined;
  return { path: resolve(modules, "..", from.slice("file:".length)) };
}
