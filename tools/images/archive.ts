import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { lstat, readdir, readlink, rename, rm, stat } from "node:fs/promises";
import { join, posix, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { unfinishedFolder } from "../unfinished.ts";

/** One file, folder or link of a layer. Paths are absolute in the image. */
export type LayerEntry = LayerFile | LayerFolder | LayerLink;

interface Owned {
  readonly path: string;
  /** Omitted: 0755 for a folder, 0644 for given content, the source's own permissions for a source. */
  readonly mode?: number;
  /** Omitted: 0, root. */
  readonly uid?: number;
  readonly gid?: number;
}

export type LayerFile = Owned & ({ readonly content: string | Uint8Array } | { readonly source: string });
type LayerFolder = Owned & { readonly folder: true };
type LayerLink = Owned & { readonly target: string };

/** What a container of the image runs, and as whom. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** "uid:gid". Omitted: root. */
  readonly user?: string;
  readonly workingDir?: string;
  /** What ends a container of the image, such as SIGINT. Omitted: SIGTERM. */
  readonly stopSignal?: string;
}

/** An image as its archive needs it. */
export interface Image {
  /** Such as `pressurevalve.local/busybox:1.35.0`. */
  readonly reference: string;
  /** More names of the same image. Omitted: it has the one. */
  readonly aliases?: readonly string[];
  readonly layers: readonly (readonly LayerEntry[])[];
  readonly config: ImageConfig;
}

/**
 * Writes a docker-archive (`docker load`, `ctr images import`, `crane push` read it). The same image gives
 * the same bytes: entries are sorted and carry no time. The file appears whole or not at all.
 */
export async function writeArchive(path: string, image: Image): Promise<void> {
  const workshop = await unfinishedFolder(path);
  try {
    const archive = join(workshop, "archive.tar");
    await writeTar(archive, await archiveEntries(workshop, image));
    await rename(archive, path);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The entries of a layer for a folder on this machine and all beneath it, placed under `prefix`, owned by `owner`. */
export async function folderEntries(
  folder: string,
  prefix: string,
  owner: { readonly uid?: number; readonly gid?: number } = {},
): Promise<LayerEntry[]> {
  // With types, because by names alone readdir follows links to folders, and the layer would hold both.
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = found.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return Promise.all(names.map((name) => entryOf(join(folder, name), posix.join("/", prefix, name), owner)));
}

async function entryOf(source: string, path: string, owner: object): Promise<LayerEntry> {
  const found = await lstat(source);
  const mode = found.mode & 0o7777;
  if (found.isSymbolicLink()) {
    return { path, target: await readlink(source), ...owner };
  }
  return found.isDirectory() ? { path, folder: true, mode, ...owner } : { path, source, mode, ...owner };
}

async function archiveEntries(workshop: string, image: Image): Promise<LayerEntry[]> {
  const layers = await Promise.all(
    image.layers.map((entries, at) => layerFile(join(workshop, `layer-${at}.tar`), entries)),
  );
  const config = JSON.stringify(
    imageConfig(
      image.config,
      layers.map((layer) => layer.digest),
    ),
  );
  const configName = `${sha256(config)}.json`;
  const layerNames = layers.map((layer) => `${layer.digest}/layer.tar`);
  const names = [image.reference, ...(image.aliases ?? [])];
  const manifest = JSON.stringify([{ Config: configName, RepoTags: names, Layers: layerNames }]);
  // Two equal layers are one file of the archive that the manifest names twice.
  const files = new Map(layers.map((layer, at) => [`${layerNames[at]}`, layer.path]));
  return [
    { path: "manifest.json", content: manifest },
    { path: configName, content: config },
    ...Array.from(files, ([path, source]) => ({ path, source, mode: 0o644 })),
  ];
}

function imageConfig(config: ImageConfig, digests: readonly string[]): object {
  return {
    architecture: architecture(),
    os: "linux",
    config: {
      Entrypoint: config.entrypoint,
      Cmd: config.cmd,
      Env: Object.entries(config.env ?? {}).map(([name, value]) => `${name}=${value}`),
      User: config.user,
      WorkingDir: config.workingDir,
      StopSignal: config.stopSignal,
    },
    rootfs: { type: "layers", diff_ids: digests.map((digest) => `sha256:${digest}`) },
  };
}

function architecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

async function layerFile(
  path: string,
  entries: readonly LayerEntry[],
): Promise<{ path: string; digest: string }> {
  await writeTar(path, withParents(entries));
  return { path, digest: await digestOf(path) };
}

/** Unpackers make a missing parent with whatever rights they please, so every parent is written out. */
function withParents(entries: readonly LayerEntry[]): LayerEntry[] {
  const given = new Map(entries.map((entry) => [inTar(entry.path), entry]));
  for (const path of [...given.keys()]) {
    for (let parent = posix.dirname(path); parent !== "."; parent = posix.dirname(parent)) {
      given.set(parent, given.get(parent) ?? { path: parent, folder: true });
    }
  }
  given.delete(".");
  return [...given.values()];
}

async function writeTar(path: string, entries: readonly LayerEntry[]): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(path));
  await Promise.all([written, addAll(tar, entries)]);
}

async function addAll(tar: Pack, entries: readonly LayerEntry[]): Promise<void> {
  try {
    for (const entry of [...entries].sort(byPath)) {
      await add(tar, entry);
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

/** By code unit, not by locale, so that every machine sorts alike; a parent sorts before its children. */
function byPath(left: LayerEntry, right: LayerEntry): number {
  const [first, second] = [inTar(left.path), inTar(right.path)];
  return first < second ? -1 : Number(first > second);
}

function add(tar: Pack, entry: LayerEntry): Promise<void> {
  const header = {
    name: inTar(entry.path),
    mtime: new Date(0),
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
  };
  if ("folder" in entry) {
    return addBytes(
      tar,
      { ...header, name: `${header.name}/`, type: "directory", mode: entry.mode ?? 0o755 },
      "",
    );
  }
  if ("target" in entry) {
    return addBytes(tar, { ...header, type: "symlink", linkname: entry.target, mode: 0o777 }, "");
  }
  if ("content" in entry) {
    return addBytes(tar, { ...header, type: "file", mode: entry.mode ?? 0o644 }, entry.content);
  }
  return addSource(tar, { ...header, type: "file" }, entry.source, entry.mode);
}

type Header = Parameters<Pack["entry"]>[0];

function addBytes(tar: Pack, header: Header, content: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(header, content, (error) => (error ? reject(error) : resolve()));
  });
}

async function addSource(tar: Pack, header: Header, source: string, mode?: number): Promise<void> {
  const found = await stat(source);
  const sink = tar.entry({ ...header, size: found.size, mode: mode ?? found.mode & 0o7777 });
  // A full disk ends the archive and with it each of its entries. Without a listener that would end the whole process.
  sink.on("error", () => {});
  for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) {
    if (!sink.write(chunk)) {
      await once(sink, "drain");
    }
  }
  const finished = once(sink, "finish");
  sink.end(undefined);
  await finished;
}

function inTar(path: string): string {
  return posix.relative("/", posix.resolve("/", path)) || ".";
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
