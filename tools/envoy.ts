import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
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
    await install(unfinished);
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

async function install(folder: string): Promise<void> {
  const { failed, stderr } = await pip(
    ...["install", "--target", folder, "--requirement", requirements],
    // Nothing that a wheel or its author could run, and nothing that is not pinned.
    ...["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", "--quiet"],
  );
  if (!failed) return;
  if (/No module named pip|ENOENT/.test(stderr)) throw new Fault(pipMissing, 3);
  throw new Fault(`pip could not fetch Envoy: ${lastLines(stderr)}`, 3);
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
