import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { isAtWork } from "./process.ts";

const sign = ".unfinished-";

/**
 * A folder beside `path` to make it in, so that it can take the name when it is whole; whatever lies there of
 * makers that were killed goes. The caller removes it.
 */
export async function unfinishedFolder(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await removeAbandoned(path);
  return mkdtemp(join(dirname(path), `${basename(path)}${sign}${hostname()}-${process.pid}-`));
}

/**
 * Removes what killed makers left beside `path`. A home folder may be shared by machines, and containers have hostnames
 * of their own: whose maker may live stays.
 */
export async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder).catch(() => [])).filter(isAbandoned);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Whether a folder of that name was being made on this machine by a process that is gone. */
export function isAbandoned(name: string): boolean {
  const [, maker = ""] = name.split(sign);
  const { host, pid } = /^(?<host>.+)-(?<pid>\d+)-[^-]+$/.exec(maker)?.groups ?? {};
  return host === hostname() && !isAtWork(Number(pid));
}
