import { chmod, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { cachedFolder, machineCache } from "../cache.ts";
import { unfinishedFolder } from "../unfinished.ts";
import { ChecksumError, DownloadError, downloadFile, downloadsWanted } from "./download.ts";
import { type Download, downloadFolder, downloadOf } from "./downloads.ts";
import type { ProgramName } from "./program.ts";
import { type Say, seldom } from "./seldom.ts";
import { extractMember } from "./tarball.ts";

interface Wanted {
  readonly name: ProgramName;
  readonly download: Download;
}

/**
 * Downloads the official binaries of these programs into the machine's cache, all at once, and returns the programs
 * that have none or whose binary could not be had. Why not is said; a wrong checksum is said aloud.
 */
export async function downloadPrograms(names: readonly ProgramName[], say: Say): Promise<ProgramName[]> {
  if (!downloadsWanted()) return [...names];
  const wanted = names.flatMap((name) => {
    const download = downloadOf(name);
    return download ? [{ name, download }] : [];
  });
  // Two programs of one archive are one transfer.
  const files = Map.groupBy(wanted, ({ download }) => download.url);
  const report = transferReport(say);
  const done = await Promise.all([...files.values()].map((programs) => bring(programs, report, say)));
  const there = new Set(done.flat());
  return names.filter((name) => !there.has(name));
}

/** Downloads one file and returns the programs that it brought: all, or none. */
async function bring(programs: readonly Wanted[], report: Report, say: Say): Promise<ProgramName[]> {
  const names = programs.map(({ name }) => name);
  say(`downloading ${names.join(" and ")}`);
  try {
    await install(programs, report);
    return names;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const fallback = `${names.join(" and ")} must be built from source instead`;
    // Aloud is on stderr, and not as progress, which the next line overwrites.
    if (error instanceof ChecksumError) console.error(`warning: ${error.message}\n${suspicion}; ${fallback}`);
    else say(`${error.message}; ${fallback}`);
    return [];
  }
}

const suspicion =
  "the file was thrown away: unless a proxy or a mirror of yours changes what it passes on, it was tampered with, and should be reported";

async function install(programs: readonly Wanted[], report: Report): Promise<void> {
  // A group has a first member.
  const [{ download }] = programs as readonly [Wanted, ...Wanted[]];
  const name = basename(new URL(download.url).pathname);
  const workshop = await unfinishedFolder(join(machineCache, "downloads", name));
  const file = join(workshop, name);
  try {
    await downloadFile(download, file, (received, total) => report(name, received, total));
    for (const program of programs) await place(program, file);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function place({ name, download }: Wanted, file: string): Promise<void> {
  await cachedFolder(downloadFolder(name, download), async (unfinished) => {
    const program = join(unfinished, name);
    if (download.member) await extractMember(file, download.member, program);
    else await rename(file, program);
    await chmod(program, 0o755);
  });
}

type Report = (file: string, received: number, total: number | undefined) => void;

/** One line for all transfers together. */
function transferReport(say: Say): Report {
  const files = new Map<string, { readonly received: number; readonly total: number | undefined }>();
  const sometimes = seldom(say);
  return (file, received, total) => {
    files.set(file, { received, total });
    sometimes(() => {
      const names = [...files.keys()].join(", ");
      const [had, all] = [...files.values()].reduce(
        ([had, all], { received, total }) => [had + received, all + (total ?? Number.NaN)],
        [0, 0],
      );
      const of = Number.isNaN(all) ? "" : ` of ${megabytes(all)}`;
      return `downloading ${names}: ${megabytes(had)}${of} MB`;
    });
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
