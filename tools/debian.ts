import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cachedFolder, exists, machineCache } from "./cache.ts";
import { Fault } from "./fault.ts";

/** Debian packages unpacked into one folder. */
interface UnpackedPackages {
  /** The root of the unpacked files: `<folder>/usr/bin/...`. */
  readonly folder: string;
  /** Version by package name, dependencies included. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What shall be unpacked beside the named packages themselves. */
interface Selection {
  /**
   * `everything`: all dependencies down to the C library, for an image that starts from nothing.
   * `missing`: only those dependencies that this machine has not installed, for a program that runs on it.
   */
  readonly dependencies: "everything" | "missing";
  /** Packages that are not wanted, though others name them as dependencies. */
  readonly exclude?: readonly string[];
  /** Shows progress. */
  readonly say?: (line: string) => void;
}

/**
 * Downloads Debian packages with their dependencies and unpacks them in the machine's cache. Nothing is
 * installed, no maintainer script runs, and the machine's own package state is not touched.
 *
 * Debian serves only the newest version of a package, so a version cannot be pinned: the first download
 * decides, is recorded, and is used until the cache is removed.
 *
 * @throws Fault without apt-get and dpkg-deb, or when a package cannot be had
 */
export async function unpackPackages(
  names: readonly string[],
  selection: Selection,
): Promise<UnpackedPackages> {
  const unwanted = await unwantedOf(names, selection);
  const folder = await cachedFolder(cacheName(names, unwanted), async (unfinished) => {
    const say = selection.say ?? (() => {});
    await unpackAll(await download(names, join(unfinished, "archives"), say), unwanted, unfinished, say);
    await rm(join(unfinished, "archives"), { recursive: true });
  });
  const versions = JSON.parse(await readFile(join(folder, "versions.json"), "utf8"));
  return { folder: join(folder, "root"), versions };
}

/** Whether these packages are unpacked already. */
export async function areUnpacked(names: readonly string[], selection: Selection): Promise<boolean> {
  return exists(join(machineCache, cacheName(names, await unwantedOf(names, selection))));
}

async function unwantedOf(names: readonly string[], selection: Selection): Promise<Set<string>> {
  return new Set([...(selection.exclude ?? []), ...(await alreadyThere(names, selection.dependencies))]);
}

function cacheName(names: readonly string[], unwanted: ReadonlySet<string>): string {
  const request = JSON.stringify([[...names].sort(), [...unwanted].sort()]);
  const key = createHash("sha256").update(request).digest("hex");
  return join("debian", `${names[0]}-${key.slice(0, 16)}`);
}

async function alreadyThere(
  names: readonly string[],
  dependencies: "everything" | "missing",
): Promise<string[]> {
  if (dependencies === "everything") {
    return [];
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg's
  const { stdout } = await debian("dpkg-query", ["--show", "--showformat=${db:Status-Status} ${Package}\n"]);
  const installed = stdout.split("\n").filter((line) => line.startsWith("installed "));
  return installed.map((line) => line.slice("installed ".length)).filter((name) => !names.includes(name));
}

/** The machine's own package lists serve unless they are missing or too old, then lists of our own are fetched. */
async function download(
  names: readonly string[],
  archives: string,
  say: (line: string) => void,
): Promise<string[]> {
  try {
    return await downloadWith([], names, archives);
  } catch {
    say("fetching current Debian package lists");
    const lists = await ownLists();
    return await downloadWith(lists, names, archives);
  }
}

async function ownLists(): Promise<string[]> {
  const lists = join(machineCache, "debian", "lists");
  await mkdir(join(lists, "partial"), { recursive: true });
  const options = ["-o", `Dir::State::lists=${lists}`, "-o", "APT::Sandbox::User="];
  await debian("apt-get", ["update", ...options]);
  return options;
}

/**
 * With an empty package state apt resolves as on an empty system, so that the outcome does not depend on what
 * this machine has installed.
 */
async function downloadWith(
  options: readonly string[],
  names: readonly string[],
  archives: string,
): Promise<string[]> {
  await mkdir(join(archives, "partial"), { recursive: true });
  const nothingInstalled = join(archives, "status");
  await writeFile(nothingInstalled, "");
  const settings = {
    "Dir::State::status": nothingInstalled,
    "Dir::Cache::archives": archives,
    "Dir::Cache::pkgcache": "",
    "Dir::Cache::srcpkgcache": "",
    "Debug::NoLocking": "true",
    "APT::Sandbox::User": "",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await debian("apt-get", [
    ...[
      "install",
      "--download-only",
      "--yes",
      "--no-install-recommends",
      ...flags,
      ...options,
      "--",
      ...names,
    ],
  ]);
  const files = await readdir(archives);
  return files.filter((file) => file.endsWith(".deb")).map((file) => join(archives, file));
}

async function unpackAll(
  archives: readonly string[],
  unwanted: ReadonlySet<string>,
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const versions: Record<string, string> = {};
  await mkdir(join(folder, "root"));
  for (const archive of [...archives].sort()) {
    const { name, version } = await fieldsOf(archive);
    if (!unwanted.has(name)) {
      say(`unpacking ${name} ${version}`);
      await debian("dpkg-deb", ["--extract", archive, join(folder, "root")]);
      versions[name] = version;
    }
  }
  await writeFile(join(folder, "versions.json"), `${JSON.stringify(versions, null, 2)}\n`);
}

async function fieldsOf(archive: string): Promise<{ name: string; version: string }> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg's
  const { stdout } = await debian("dpkg-deb", ["--show", "--showformat=${Package} ${Version}", archive]);
  const [name = "", version = ""] = stdout.split(" ");
  return { name, version };
}

async function debian(program: string, args: readonly string[]): Promise<{ stdout: string }> {
  const result = await execa(program, args, {
    reject: false,
    env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
  });
  if (result.code === "ENOENT") {
    throw new Fault(
      `${program} is not on PATH; building images and the local cluster needs Debian, Ubuntu or another system with apt-get and dpkg-deb`,
      3,
    );
  }
  if (result.failed) {
    const words = result.stderr.trimEnd().split("\n").slice(-5).join("\n");
    throw new Fault(`${program} ${args[0]} failed: ${words}`, 3);
  }
  return result;
}
