import { readFile, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { execa } from "execa";
import { exists } from "./cache.ts";
import { Fault } from "./fault.ts";

/** Where a shop's packages are, here and in a copy of the repository at another commit. */
interface Copy {
  /** Root of the repository here. */
  readonly root: string;
  /** The shop's folder, relative to the root. */
  readonly prefix: string;
  /** The copy of the root. */
  readonly folder: string;
}

/**
 * Gives the copy its packages: those of here where the lock file is the same, else installs what its own demands.
 * `say` is told before it takes long.
 * @throws Fault (exit code 3) when the packages cannot be installed
 */
export async function providePackages(
  { root, prefix, folder }: Copy,
  say: (line: string) => void,
  cancelSignal: AbortSignal,
): Promise<void> {
  const place = await lockFolder(root, join(root, prefix));
  const here = join(root, place);
  const there = join(folder, place);
  if (await isSameFile(join(here, lock), join(there, lock)))
    return symlink(join(here, "node_modules"), join(there, "node_modules"));
  say("its package-lock.json is another; installing its packages takes a minute or two");
  const npm = await execa("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: there,
    reject: false,
    cancelSignal,
  });
  if (npm.failed) throw new Fault(`npm ci failed: ${gist(npm.stderr) || npm.shortMessage}`, 3);
}

/** npm says what is wrong first, and then all that it can do. */
function gist(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^npm error ?/, ""));
  return lines
    .filter((line) => line !== "" && !line.startsWith("code "))
    .slice(0, 3)
    .join("\n");
}

const lock = "package-lock.json";

/** The nearest folder with a lock file, from the shop up to the root, relative to it: a workspace has one above it. */
async function lockFolder(root: string, folder: string): Promise<string> {
  if (await exists(join(folder, lock))) return relative(root, folder);
  return folder === root || dirname(folder) === folder ? "" : lockFolder(root, dirname(folder));
}

/** Without a lock file there, nothing says that its packages are others. */
async function isSameFile(here: string, there: string): Promise<boolean> {
  if (!(await exists(there))) return true;
  const [left, right] = await Promise.all([here, there].map((path) => readFile(path).catch(() => undefined)));
  return left !== undefined && right !== undefined && left.equals(right);
}
