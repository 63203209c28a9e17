import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../cache.ts";
import { shopRoot } from "../shop-root.ts";
import { writeArchive } from "./archive.ts";
import { postgresRecipe } from "./postgres.ts";
import { imageOf, type Recipe, tagOf } from "./recipe.ts";
import { type ImageReferences, localReference } from "./references.ts";
import { busyboxRecipe } from "./shell.ts";
import { standInRecipe } from "./stand-in.ts";

const archives = join(shopRoot, ".local", "images");

type Say = (line: string) => void;

/** One image to build. It may have several names: the services of MountainPass are one program. */
interface Build {
  readonly recipe: Recipe;
  readonly references: readonly string[];
  readonly archive: string;
}

/** What stands in one archive. */
export interface BuiltImage {
  readonly archive: string;
  readonly references: readonly string[];
}

/** The images of the dev environment. */
export interface BuiltImages {
  readonly references: ImageReferences;
  readonly images: readonly BuiltImage[];
}

/** The references that these services have with the sources as they stand, without building anything. */
export async function imageReferences(services: readonly string[]): Promise<ImageReferences> {
  const [standIn, postgres, busybox] = await recipes();
  return {
    services: Object.fromEntries(services.map((service) => [service, referenceOf(service, standIn)])),
    stores: { postgres: referenceOf("postgres", postgres) },
    tools: { busybox: referenceOf("busybox", busybox) },
  };
}

/** Whether every image is built that these services need, with the sources as they stand. */
export async function areImagesBuilt(services: readonly string[]): Promise<boolean> {
  const found = await Promise.all((await buildsOf(services)).map(({ archive }) => exists(archive)));
  return found.every(Boolean);
}

/**
 * Builds what is absent of the images that these services, their databases and their smoke tests need, as
 * archives under .local/images, and removes the archives that they replace.
 *
 * @throws Fault when a Debian package cannot be had
 */
export async function buildImages(services: readonly string[], say: Say = () => {}): Promise<BuiltImages> {
  const builds = await buildsOf(services);
  for (const build of builds) {
    await ensureArchive(build, say);
  }
  await removeOthers(builds);
  return {
    references: await imageReferences(services),
    images: builds.map(({ archive, references }) => ({ archive, references })),
  };
}

function recipes(): Promise<[Recipe, Recipe, Recipe]> {
  return Promise.all([standInRecipe(), postgresRecipe(), busyboxRecipe()]);
}

async function buildsOf(services: readonly string[]): Promise<Build[]> {
  const [standIn, postgres, busybox] = await recipes();
  const builds = [
    buildOf(
      versioned(standIn),
      "stand-in",
      services.map((service) => referenceOf(service, standIn)),
    ),
    buildOf(postgres, "postgres", [referenceOf("postgres", postgres)]),
    buildOf(busybox, "busybox", [referenceOf("busybox", busybox)]),
  ];
  return builds.filter(({ references }) => references.length > 0);
}

/** The names are part of the archive's own name, as an archive holds them: a service more is an archive anew. */
function buildOf(recipe: Recipe, name: string, references: readonly string[]): Build {
  const content = createHash("sha256")
    .update(JSON.stringify([tagOf(recipe), references]))
    .digest("hex");
  return { recipe, references, archive: join(archives, `${name}-${content.slice(0, 12)}.tar`) };
}

function referenceOf(name: string, recipe: Recipe): string {
  return localReference(name, tagOf(recipe));
}

/** Tells the program its version, which is its tag. */
function versioned(recipe: Recipe): Recipe {
  const env = { ...recipe.config.env, SERVICE_VERSION: tagOf(recipe) };
  return { ...recipe, config: { ...recipe.config, env } };
}

async function ensureArchive({ archive, recipe, references }: Build, say: Say): Promise<void> {
  if (!(await exists(archive))) {
    say(`building ${references.join(", ")}`);
    await writeArchive(archive, await imageOf(recipe, references, say));
  }
}

async function removeOthers(builds: readonly Build[]): Promise<void> {
  const wanted = new Set(builds.map(({ archive }) => archive));
  const found = (await readdir(archives))
    .filter((name) => name.endsWith(".tar"))
    .map((name) => join(archives, name));
  await Promise.all(found.filter((path) => !wanted.has(path)).map((path) => rm(path)));
}
