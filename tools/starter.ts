import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Script } from "node:vm";
import { z } from "zod";
import { dnsLabel, serviceName } from "../constructs/model/names.ts";
import { Fault } from "./fault.ts";
import { imageReferences } from "./images/index.ts";
import { kitRoot } from "./shop-root.ts";

/** What a new shop and its first service are called. */
export interface Names {
  readonly shop: string;
  readonly service: string;
}

/** A file of a new shop; its path is relative to the shop's folder. */
interface StarterFile {
  readonly path: string;
  readonly text: string;
}

const template = join(kitRoot, "starter");

// npm packs no .gitignore, and a package.json would make starter/ a package that does not find the kit.
const packedAs: Readonly<Record<string, string>> = {
  gitignore: ".gitignore",
  "package.template.json": "package.json",
};

/** @throws Fault (exit code 1) that says which name breaks which rule */
export function expectNames({ shop, service }: Names): void {
  const broken = [
    ...ruleBroken("shop", shop, dnsLabel),
    ...ruleBroken("service", service, serviceName),
    ...(service === "index" ? ["service index: services/index.ts lists them all; choose another name"] : []),
  ];
  if (broken.length > 0) throw new Fault(broken.join("\n"), 1);
}

function ruleBroken(what: string, name: string, rule: typeof dnsLabel): string[] {
  const { error } = rule.safeParse(name);
  return (error?.issues ?? []).map(({ message }) => `${what} ${name || "without a name"}: ${message}`);
}

/** The files of a new shop; `present` is the package.json that stands there already, of which nothing is lost. */
export async function starterFiles(names: Names, present?: string): Promise<readonly StarterFile[]> {
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(template, join(entry.parentPath, entry.name)));
  const files = await Promise.all(paths.map((path) => filled(path, names)));
  const all = await Promise.all(files.map((file) => completed(file, names, present)));
  // package.json comes last: it alone may change a file that is there, and after it nothing can fail.
  return all.sort((left, right) => rank(left) - rank(right) || (left.path < right.path ? -1 : 1));
}

function rank({ path }: StarterFile): number {
  return path === "package.json" ? 1 : 0;
}

/** Named and worded for the shop: the template speaks of the service catalogue in my-shop. */
async function filled(path: string, names: Names): Promise<StarterFile> {
  const text = await readFile(join(template, path), "utf8");
  const isSource = path.endsWith(".ts");
  return {
    path: packedAs[path] ?? path.replace("catalogue", names.service),
    // Both at once, for a shop may be called after what the template calls its service.
    text: text.replace(/my-shop|(["/]?)\bcatalogue\b/g, (word, before) => {
      if (word === "my-shop") return names.shop;
      return isSource && before === "" ? identifier(names.service) : `${before}${names.service}`;
    }),
  };
}

/** `order-history` becomes orderHistory; what JavaScript or the file itself uses becomes `deleteService`. */
function identifier(name: string): string {
  const camel = name.replace(/-+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  return isTaken(camel) ? `${camel}Service` : camel;
}

function isTaken(name: string): boolean {
  if (["rest", "service", "services"].includes(name)) return true;
  try {
    new Script(`"use strict"; async () => { const ${name} = 0 }`);
    return false;
  } catch {
    return true;
  }
}

/** What only this kit knows: its version, and the images that it builds for dev. */
async function completed(file: StarterFile, { service }: Names, present?: string): Promise<StarterFile> {
  switch (file.path) {
    case "package.json":
      return { ...file, text: await packageOf(parsed(file.text), parsed(present)) };
    case join("stacks", "images.dev.json"):
      return { ...file, text: json(await imageReferences([service])) };
    default:
      return file;
  }
}

const byName = z.record(z.string(), z.string("a text"), "an object").optional();

/** What of a package.json init looks at; the rest is kept as it is. */
const packageSchema = z.looseObject(
  {
    type: z.literal("module", "module").optional(),
    scripts: byName,
    dependencies: byName,
    devDependencies: byName,
    optionalDependencies: byName,
    peerDependencies: byName,
  },
  "an object",
);

type Package = z.infer<typeof packageSchema>;

/** @throws Fault (exit code 1) where the package.json that is there cannot be a shop's */
function parsed(present = "{}"): Package {
  const description = parsedJson(present);
  const { error } = packageSchema.safeParse(description, { reportInput: true });
  if (error) throw new Fault(error.issues.map(amiss).join("\n"), 1);
  return description as Package;
}

function parsedJson(text: string): unknown {
  try {
    // npm takes a byte order mark, too.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Fault(`package.json is no JSON: ${(error as Error).message}; mend it`, 1);
  }
}

function amiss({ path, input, message }: z.core.$ZodIssue): string {
  const field = path.length === 0 ? "package.json" : `package.json: ${path.join(".")}`;
  return `${field} is ${JSON.stringify(input)}, but must be ${message}; change it`;
}

/** Whether the shop wants the kit by its version, as npm looks for it in a registry; it may have it from elsewhere already. */
export async function asksForKit(files: readonly StarterFile[]): Promise<boolean> {
  const { version } = JSON.parse(await readFile(join(kitRoot, "package.json"), "utf8"));
  const { text } = files.find(({ path }) => path === "package.json") ?? {};
  return allDependencies(parsed(text)).pressurevalve === version;
}

function allDependencies(description: Package): Readonly<Record<string, string>> {
  return {
    ...description.dependencies,
    ...description.devDependencies,
    ...description.optionalDependencies,
    ...description.peerDependencies,
  };
}

/** The package.json that is there, with what it lacks; a package that it has, in whatever role, is not asked for again. */
async function packageOf(starter: Package, present: Package): Promise<string> {
  const { version, dependencies } = JSON.parse(await readFile(join(kitRoot, "package.json"), "utf8"));
  const has = allDependencies(present);
  return json({
    ...starter,
    ...present,
    scripts: { ...starter.scripts, ...present.scripts },
    dependencies: {
      ...(has.pressurevalve === undefined && { pressurevalve: version }),
      ...present.dependencies,
    },
    devDependencies: {
      ...(has.typescript === undefined && { typescript: dependencies.typescript }),
      ...present.devDependencies,
    },
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Writes the files into the folder, all of them or, where one fails, none.
 *
 * @throws Fault (exit code 1) with every file that is there already and says something else, or where nothing can be
 *   written
 */
export async function writeStarter(folder: string, files: readonly StarterFile[]): Promise<void> {
  await expectFolder(folder);
  const conflicts = new Set((await Promise.all(files.map((file) => conflict(folder, file)))).flat());
  if (conflicts.size > 0)
    throw new Fault(
      `${folder} has these already; remove or rename them, or choose another folder:\n  ${[...conflicts].join("\n  ")}`,
      1,
    );
  const made: string[] = [];
  try {
    for (const file of files) await write(folder, file, (path) => made.push(path));
  } catch (error) {
    for (const path of made.reverse()) await rm(path, { recursive: true, force: true });
    const { message } = error as Error;
    throw new Fault(`${folder} cannot be written: ${message}; mend that, or choose another folder`, 1, {
      cause: error,
    });
  }
}

/** A folder, or a place where one can be made. */
async function expectFolder(path: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === "file") throw new Fault(`${path} is a file; choose another folder`, 1);
  if (kind === undefined) await expectFolder(dirname(path));
}

/** Where the file cannot be put: its own path, or that of a file which stands where a folder must be. */
async function conflict(folder: string, { path, text }: StarterFile): Promise<string[]> {
  const parts = path.split(sep);
  const parents = parts.slice(1).map((_, at) => join(...parts.slice(0, at + 1)));
  for (const parent of parents)
    if ((await kindOf(join(folder, parent))) === "file") return [`${parent} (a folder is wanted)`];
  const kind = await kindOf(join(folder, path));
  if (kind === "folder") return [`${path} (a file is wanted)`];
  const isSame = kind === undefined || path === "package.json" || (await says(join(folder, path), text));
  return isSame ? [] : [path];
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

async function says(path: string, text: string): Promise<boolean> {
  return (await readFile(path, "utf8")) === text;
}

async function write(
  folder: string,
  { path, text }: StarterFile,
  made: (path: string) => void,
): Promise<void> {
  const target = join(folder, path);
  const parent = await mkdir(dirname(target), { recursive: true });
  if (parent !== undefined) made(parent);
  // package.json is the one file that may be there and be completed; it keeps what it had.
  if ((await kindOf(target)) === undefined) made(target);
  await writeFile(target, text);
}
