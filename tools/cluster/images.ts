import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Image, type ImageConfig, writeArchive } from "../images/archive.ts";
import { istioProxyRecipe } from "../images/istio-proxy.ts";
import { imageOf, NONROOT, type Recipe, tagOf } from "../images/recipe.ts";
import { localReference } from "../images/references.ts";
import { busyboxRecipe } from "../images/shell.ts";
import { ensurePrograms, type ProgramName, versionOf } from "../toolchain.ts";
import { unfinishedFolder } from "../unfinished.ts";
import { importArchive, importedImages } from "./containerd.ts";
import type { HostTools } from "./host-tools.ts";
import { inCluster } from "./layout.ts";

/** The user of a platform program, unless its manifest says another. CoreDNS must open port 53, so it is root there. */
const users = {
  pause: NONROOT,
  coredns: "0:0",
  "metrics-server": NONROOT,
  "rollouts-controller": NONROOT,
  "local-path-provisioner": NONROOT,
  "pilot-discovery": NONROOT,
  prometheus: NONROOT,
} as const satisfies Partial<Record<ProgramName, string>>;

type PlatformProgram = keyof typeof users;

/** The programs that run as pods. */
export const platformPrograms = Object.keys(users) as PlatformProgram[];

type PlatformImage = PlatformProgram | "busybox" | "istio-proxy";

/** The reference of every image of the platform. */
export type PlatformImages = Readonly<Record<PlatformImage, string>>;

interface Build {
  readonly reference: string;
  readonly image: () => Promise<Image>;
}

/** The references of the platform's images. A changed program or recipe changes its reference. */
export async function platformImages(): Promise<PlatformImages> {
  const entries = Object.entries(await builds()).map(([name, { reference }]) => [name, reference]);
  return Object.fromEntries(entries);
}

/** Builds and imports those images of the platform that the cluster lacks. */
export async function importPlatformImages(tools: HostTools, say: (line: string) => void): Promise<void> {
  const there = await importedImages(tools);
  const missing = Object.values(await builds()).filter(({ reference }) => !there.has(reference));
  for (const { reference, image } of missing) {
    say(`importing ${reference}`);
    await importImage(tools, await image());
  }
}

async function importImage(tools: HostTools, image: Image): Promise<void> {
  // In the cluster's own folder: what a kill leaves goes with the next start, and /tmp may be memory.
  const folder = await unfinishedFolder(inCluster("images", "platform"));
  try {
    await writeArchive(join(folder, "image.tar"), image);
    await importArchive(tools, join(folder, "image.tar"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The version of a platform program in the reference of its image, such as `v1.15.0`. */
export function versionIn(reference: string): string {
  return /:(?<version>v.+)-[0-9a-f]{8}$/.exec(reference)?.groups?.version ?? "";
}

async function builds(): Promise<Record<PlatformImage, Build>> {
  const [paths, proxy] = await Promise.all([ensurePrograms(platformPrograms), istioProxyRecipe()]);
  const programs = await Promise.all(
    platformPrograms.map(async (name) => [name, await programBuild(name, paths[name])] as const),
  );
  return {
    ...(Object.fromEntries(programs) as Record<PlatformProgram, Build>),
    busybox: recipeBuild("busybox", busyboxRecipe()),
    // Named as the platform's programs are: it is one of them, with what it runs.
    "istio-proxy": recipeBuild(
      "istio-proxy",
      proxy,
      `${await versionOf("pilot-agent")}-${tagOf(proxy).slice(0, 8)}`,
    ),
  };
}

/** A static program needs nothing around it. Its folder in the cache is named by its content. */
async function programBuild(name: PlatformProgram, source: string): Promise<Build> {
  const path = `/usr/bin/${name}`;
  const config: ImageConfig = { entrypoint: [path], env: { PATH: "/usr/bin" }, user: users[name] };
  const content = createHash("sha256")
    .update(JSON.stringify([basename(dirname(source)), config]))
    .digest("hex");
  const version = name === "pause" ? "" : `${await versionOf(name)}-`;
  const reference = localReference(name, `${version}${content.slice(0, 8)}`);
  return { reference, image: async () => ({ reference, layers: [[{ path, source, mode: 0o755 }]], config }) };
}

function recipeBuild(name: string, recipe: Recipe, tag = tagOf(recipe)): Build {
  const reference = localReference(name, tag);
  return { reference, image: () => imageOf(recipe, [reference], () => {}) };
}
