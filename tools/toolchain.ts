import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cachedFolder, exists, machineCache } from "./cache.ts";
import { buildPrograms } from "./toolchain/build-programs.ts";
import { downloadPrograms } from "./toolchain/download-programs.ts";
import { downloadFolder, downloadOf } from "./toolchain/downloads.ts";
import { go } from "./toolchain/go.ts";
import { buildFolder, type Program, type ProgramName, programs, versionOf } from "./toolchain/program.ts";
import type { Say } from "./toolchain/seldom.ts";

export { type ProgramName, programs, versionOf } from "./toolchain/program.ts";

/**
 * Has those of the named programs that this machine's cache lacks: downloads the official binary where there is one
 * and it can be reached, builds the others from their Go modules. Returns the path of each.
 *
 * @throws Fault when one has to be built and Go is missing or too old, or the build fails
 */
export async function ensurePrograms<Name extends ProgramName>(
  names: readonly Name[],
  say: Say = () => {},
): Promise<Record<Name, string>> {
  await buildPrograms(await downloadPrograms(await missingOf(names), say), say);
  const paths = await Promise.all(names.map(async (name) => [name, await programPath(name)]));
  return Object.fromEntries(paths);
}

/** Whether all of these programs are on this machine already. */
export async function areBuilt(names: readonly ProgramName[]): Promise<boolean> {
  return (await missingOf(names)).length === 0;
}

/** Where a program is on this machine: downloaded, or built from source. */
export async function programPath(name: ProgramName): Promise<string | undefined> {
  const download = downloadOf(name);
  const folders = [...(download ? [downloadFolder(name, download)] : []), await buildFolder(name)];
  const paths = folders.map((folder) => join(machineCache, folder, name));
  const there = await Promise.all(paths.map(exists));
  return paths.find((_, at) => there[at]);
}

/**
 * The path of one file of a program's module, such as its CRDs or its installation manifest. The machine's cache
 * keeps it beside the programs, so that it takes Go and a download the first time only.
 *
 * @throws Fault when Go is missing the first time, or the module cannot be had
 */
export async function moduleFile(name: ProgramName, path: string): Promise<string> {
  const { module }: Program = programs[name];
  const pinned = `${module}@${await versionOf(name)}`;
  const folder = await cachedFolder(join("modules", pinned, path), async (unfinished) => {
    await copyFile(join(await sourcesOf(name, pinned), path), join(unfinished, basename(path)));
  });
  return join(folder, basename(path));
}

/**
 * The folder that Go keeps of a module which is part of a program, in the version that the program pins, such as
 * `k8s.io/api` of `kubernetes`; nothing may be written there.
 *
 * @throws Fault when Go is missing, or the module cannot be had
 */
export function moduleFolder(name: ProgramName, module: string): Promise<string> {
  return sourcesOf(name, module);
}

async function sourcesOf(name: ProgramName, pinned: string): Promise<string> {
  return JSON.parse(await go(name, ["mod", "download", "-json", pinned])).Dir;
}

async function missingOf<Name extends ProgramName>(names: readonly Name[]): Promise<Name[]> {
  const paths = await Promise.all(names.map(programPath));
  return names.filter((_, at) => paths[at] === undefined);
}
