import { copyFile, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { execa } from "execa";
import { exists } from "./cache.ts";
import { Fault } from "./fault.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

const kit = "pressurevalve";

/** Two copies of a shop that differ in the kit alone. */
export interface ShopByTwoKits {
  readonly before: CopiedShop;
  readonly after: CopiedShop;
}

/** A copy of a shop with its packages. */
export interface CopiedShop {
  readonly folder: string;
  /** Version of the kit that is installed there. */
  readonly version: string;
}

/**
 * What npm calls a kit: a version or a tag of it, such as `0.2.0` or `latest`, or the path of a tarball.
 * @throws Fault (exit code 1) where the tarball is missing
 */
export async function kitSpec(wanted: string): Promise<string> {
  if (!/\.tgz$|[/\\]/.test(wanted)) return `${kit}@${wanted}`;
  const tarball = resolve(wanted);
  if (!(await exists(tarball))) throw new Fault(`${tarball} is missing; name a version or a tarball`, 1);
  return tarball;
}

/** What npm calls the very kit that it installed by another name before. */
export function exactSpec(spec: string, version: string): string {
  return spec.startsWith(`${kit}@`) ? `${kit}@${version}` : spec;
}

/**
 * Gives `use` the shop as it is, and the shop with another kit. Both are copies that are gone afterwards.
 * @throws Fault where the other kit cannot be installed
 */
export function withOtherKit<Result>(
  shop: string,
  spec: string,
  use: (copies: ShopByTwoKits, ended: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return inTemporaryFolder("upgrade", async (temporary, ended) => {
    const [before, after] = [join(temporary, "before"), join(temporary, "after")];
    await Promise.all([before, after].map((copy) => copyShop(shop, copy)));
    await symlink(join(shop, "node_modules"), join(before, "node_modules"));
    await linkPackages(shop, after, ended);
    await install(after, spec, ended);
    return use({ before: await copied(before), after: await copied(after) }, ended);
  });
}

/** Puts the kit of that name into the shop itself, and its exact version into package.json and the lock file. */
export async function install(shop: string, spec: string, ended?: AbortSignal): Promise<void> {
  const args = ["install", "--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { failed, stderr, shortMessage } = await execa("npm", [...args, spec], {
    cwd: shop,
    reject: false,
    ...(ended && { cancelSignal: ended }),
  });
  if (!failed) return;
  const code = /^npm error code (\S+)/m.exec(stderr)?.[1];
  const words = stderr.split("\n").filter((line) => line.startsWith("npm error ") && !/ code /.test(line));
  const reason = words[0]?.replace("npm error ", "") ?? shortMessage;
  const isUnknown = code === "ETARGET" || code === "E404";
  throw new Fault(
    `${spec} cannot be installed: ${reason}; ${isUnknown ? "name a version that there is" : "see npm's log"}`,
    isUnknown ? 1 : 3,
  );
}

/** What is made anew, and what git keeps, is no part of what renders. */
const leftOut: ReadonlySet<string> = new Set(["node_modules", ".local", ".git", "dist"]);

async function copyShop(shop: string, copy: string): Promise<void> {
  await cp(shop, copy, { recursive: true, filter: (path) => !leftOut.has(relative(shop, path)) });
}

/**
 * Hard links, so that npm has to fetch the kit only. It puts new files in the place of old ones, but writes its own
 * record in place, which is copied for that reason. Where there can be no links, npm installs everything.
 */
async function linkPackages(shop: string, copy: string, cancelSignal: AbortSignal): Promise<void> {
  const modules = join(copy, "node_modules");
  const linked = await execa("cp", ["-al", join(shop, "node_modules"), modules], {
    reject: false,
    cancelSignal,
  });
  if (linked.failed) {
    await rm(modules, { recursive: true, force: true });
    await mkdir(modules);
    return;
  }
  const record = join(modules, ".package-lock.json");
  if (!(await exists(record))) return;
  await copyFile(record, `${record}.copy`);
  await rename(`${record}.copy`, record);
}

async function copied(folder: string): Promise<CopiedShop> {
  const description = join(folder, "node_modules", kit, "package.json");
  return { folder, version: JSON.parse(await readFile(description, "utf8")).version };
}
