import { stat } from "node:fs/promises";
import { addressOf, downloadsWanted } from "../toolchain/download.ts";
import { downloadFolder, downloadOf, downloads } from "../toolchain/downloads.ts";
import { packagesOf, roughly, secondsLeft } from "../toolchain/estimate.ts";
import { goVersion } from "../toolchain/go.ts";
import { byVersion, goVersionFor, type ProgramName, programs, versionOf } from "../toolchain/program.ts";
import { programPath } from "../toolchain.ts";
import type { Finding } from "./finding.ts";

/** A program that the kit runs. */
export interface ProgramFacts {
  readonly name: ProgramName;
  /** Of the one that is there, or else of the one that is pinned. Omitted: it is all our own. */
  readonly version?: string;
  /** Its size, when it is on this machine. */
  readonly bytes?: number;
  /** The origin of its official binary, when there is one for this platform and downloads are wanted. */
  readonly origin?: string;
}

/** Go, as far as it is needed. */
interface GoFacts {
  /** The version of the one on PATH. */
  readonly found?: string;
  readonly wanted: string;
}

export async function probeProgram(name: ProgramName): Promise<ProgramFacts> {
  const path = await programPath(name);
  const download = downloadsWanted() ? downloadOf(name) : undefined;
  const release = download && path?.includes(downloadFolder(name, download)) ? downloads[name] : undefined;
  return {
    name,
    ...("module" in programs[name] ? { version: release?.version ?? (await versionOf(name)) } : {}),
    ...(path ? { bytes: (await stat(path)).size } : {}),
    ...(download ? { origin: originOf(download.url) } : {}),
  };
}

/** With a mirror that is unusable, which is a finding of its own, the host that it stands for. */
function originOf(url: string): string {
  try {
    return addressOf(url).origin;
  } catch {
    return new URL(url).origin;
  }
}

export async function probeGo(names: readonly ProgramName[]): Promise<GoFacts> {
  const [found, wanted] = await Promise.all([goVersion(), goVersionFor(names)]);
  return { wanted, ...(found ? { found } : {}) };
}

/** Those that can only be built: not there, and not to be downloaded from any host that answers. */
export function toBuild(facts: readonly ProgramFacts[], reachable: ReadonlySet<string>): ProgramFacts[] {
  return facts.filter(
    ({ bytes, origin }) => bytes === undefined && (origin === undefined || !reachable.has(origin)),
  );
}

export function programFindings(facts: readonly ProgramFacts[], reachable: ReadonlySet<string>): Finding[] {
  const built = new Set(toBuild(facts, reachable));
  return facts.map((program) => {
    const { name, version = "", bytes, origin } = program;
    const about = version ? `${version}, ` : "";
    if (bytes !== undefined)
      return { subject: name, state: "ok", words: `${about}${(bytes / 1e6).toFixed(0)} MB` };
    const words = built.has(program)
      ? `${about}will be built from source with Go (${buildTime([name])})`
      : `${about}will be downloaded from ${new URL(origin ?? "").host}`;
    return { subject: name, state: "due", words };
  });
}

/** Go is wanted only for what has to be built. */
export function goFinding({ found, wanted }: GoFacts, builds: readonly ProgramFacts[]): Finding {
  const subject = "Go";
  const names = builds.map(({ name }) => name);
  const purpose = `to build ${names.length === 1 ? names[0] : `${names.length} programs`} (${buildTime(names)})`;
  const remedy = `install Go ${wanted} or newer: https://go.dev/dl`;
  if (builds.length === 0)
    return { subject, state: "ok", words: `${found ?? "absent"}; nothing has to be built` };
  if (found === undefined)
    return { subject, state: "missing", words: `not on PATH, and wanted ${purpose}`, remedy };
  if (byVersion(found, wanted) < 0)
    return { subject, state: "outdated", words: `${found}, and ${wanted} is wanted ${purpose}`, remedy };
  return { subject, state: "ok", words: `${found} ${purpose}` };
}

function buildTime(names: readonly ProgramName[]): string {
  const total = names.reduce((sum, name) => sum + packagesOf[name], 0);
  return roughly(secondsLeft({ compiled: 0, total, seconds: 0 }));
}
