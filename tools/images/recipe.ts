import { createHash } from "node:crypto";
import { posix } from "node:path";
import { unpackPackages } from "../debian.ts";
import { folderEntries, type Image, type ImageConfig, type LayerEntry, type LayerFile } from "./archive.ts";

/** What an image is made of, as data, so that its tag can be computed without building it. */
export interface Recipe {
  /** Debian packages, which come with all that they depend on. */
  readonly packages: readonly string[];
  /** What of the packages is wanted: patterns over absolute paths beneath a merged /usr. */
  readonly keep: readonly string[];
  /** Large files of this machine, in a layer of their own; `identity` says what they are, for the tag. */
  readonly programs: readonly { readonly path: string; readonly source: string; readonly identity: string }[];
  /** Files and links that the recipe itself gives. */
  readonly files: readonly LayerEntry[];
  readonly config: ImageConfig;
}

const nobody = 65532;

/** The user and the group of every image of ours. */
export const NONROOT = `${nobody}:${nobody}`;

/** The account files without which libraries do not know the user's name. */
export const accounts: readonly LayerFile[] = [
  {
    path: "/etc/passwd",
    content: `root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:${NONROOT}:nonroot:/tmp:/sbin/nologin\n`,
  },
  { path: "/etc/group", content: `root:x:0:\nnonroot:x:${nobody}:\n` },
];

/** The C library and whatever else lies beside it, without its plug-ins in folders. */
export const LIBRARIES = "^/usr/lib(64)?/([^/]+-linux-gnu/)?[^/]+\\.so[^/]*$";

/**
 * A short hash of what this repository puts into the image. Debian's versions are left out: Debian serves
 * only the newest, so with them the same commit would have other tags tomorrow.
 */
export function tagOf({ programs, ...rest }: Recipe): string {
  const identities = programs.map(({ path, identity }) => ({ path, identity }));
  return createHash("sha256")
    .update(JSON.stringify({ ...rest, identities }))
    .digest("hex")
    .slice(0, 12);
}

/** The image of a recipe under its names; layers in the order of how seldom they change. */
export async function imageOf(
  recipe: Recipe,
  names: readonly string[],
  say: (line: string) => void,
): Promise<Image> {
  const [reference = "", ...aliases] = names;
  const { folder } = await unpackPackages(recipe.packages, { dependencies: "everything", say });
  const packages = await keptEntries(folder, recipe.keep);
  const programs = recipe.programs.map(({ path, source }) => ({ path, source, mode: 0o755 }));
  const layers = [packages, programs, recipe.files].filter((layer) => layer.length > 0);
  return { reference, aliases, layers, config: recipe.config };
}

/** Debian has merged /usr: /lib and the like are links. Packages may still say the one or the other. */
const MERGED = ["bin", "lib", "lib64", "sbin"];

async function keptEntries(folder: string, keep: readonly string[]): Promise<LayerEntry[]> {
  const patterns = keep.map((pattern) => new RegExp(pattern));
  const found = (await folderEntries(folder, "/")).filter((entry) => !("folder" in entry)).map(merged);
  const kept = found.filter(({ path }) => patterns.some((pattern) => pattern.test(path)));
  return [...kept, ...MERGED.map((name) => ({ path: `/${name}`, target: `usr/${name}` }))];
}

function merged(entry: LayerEntry): LayerEntry {
  const [, first = ""] = entry.path.split("/");
  if (!MERGED.includes(first)) {
    return entry;
  }
  return { ...entry, path: posix.join("/usr", entry.path) };
}
