import { createHash } from "node:crypto";
import { chmod, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cachedFolder, exists, machineCache } from "./cache.ts";
import { Fault } from "./fault.ts";

const requirements = join(import.meta.dirname, "programs", "envoy", "requirements.txt");
const inWheel = join("envoy", "_bin", "envoy");

/** The Envoy of the sidecars. */
interface Envoy {
  readonly path: string;
  /** What tells it from any other: the wheel that it comes from, by its hash, and the platform. */
  readonly identity: string;
}

/**
 * Has Envoy in the machine's cache. It cannot be built here, as it is C++ and takes hours, so it comes out of a
 * Python wheel, which pip fetches from the index that this machine is set up for. The wheel's SHA-256 is pinned.
 *
 * @throws Fault (exit code 3) without pip, or when the wheel cannot be had or is another one
 */
export async function ensureEnvoy(say: (line: string) => void = () => {}): Promise<Envoy> {
  const identity = await identityOf();
  const folder = await cachedFolder(folderOf(identity), async (unfinished) => {
    say("fetching Envoy with pip");
    await unpackWheel(unfinished);
  });
  return { path: join(folder, inWheel), identity };
}

/** Whether Envoy is in the machine's cache. */
export async function isEnvoyThere(): Promise<boolean> {
  return exists(join(machineCache, folderOf(await identityOf())));
}

/** Whether this machine has the pip that fetches it. */
export async function isPipThere(): Promise<boolean> {
  return !(await pip("--version")).failed;
}

/** Without its comments, the file is the wheel's name, version and hashes. */
async function identityOf(): Promise<string> {
  const pinned = (await readFile(requirements, "utf8")).replace(/^#.*\n/gm, "");
  const key = JSON.stringify([pinned, process.platform, process.arch]);
  return `envoy-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
}

function folderOf(identity: string): string {
  return join("wheels", identity);
}

/** Downloads and unpacks it. Installing would change this machine's Python: pyenv, for one, renews its shims then. */
async function unpackWheel(folder: string): Promise<void> {
  const { failed, stderr } = await pip(
    ...["download", "--dest", folder, "--requirement", requirements],
    // Nothing that a wheel or its author could run, and nothing that is not pinned.
    ...["--require-hashes", "--only-binary=:all:", "--no-deps", "--quiet"],
  );
  if (/No module named pip|ENOENT/.test(stderr)) throw new Fault(pipMissing, 3);
  if (failed) throw new Fault(`pip could not fetch Envoy: ${lastLines(stderr)}`, 3);
  for (const file of await readdir(folder)) {
    const wheel = join(folder, file);
    await execa("python3", ["-m", "zipfile", "--extract", wheel, folder]);
    await rm(wheel);
  }
  // Python's unzip leaves modes out.
  await chmod(join(folder, inWheel), 0o755);
}

export const pipMissing =
  "Envoy comes in a Python wheel, and python3 -m pip does not run; install python3-pip, or use a cluster of yours: npm start -- --kubeconfig <file>";

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

function lastLines(words: string): string {
  return words.trimEnd().split("\n").slice(-5).join("\n");
}
