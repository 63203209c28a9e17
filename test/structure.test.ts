import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { expect, test } from "@jest/globals";
import ts from "typescript";

const root = join(import.meta.dirname, "..");

/** Every file that git knows or would add. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
})
  .trim()
  .split("\n");

/** What package.json exports, by its name beneath the package. */
const entryPoints: Record<string, string> = JSON.parse(read("package.json")).exports;

const sources = files.filter((file) => file.endsWith(".ts"));

function under(folder: string): string[] {
  return sources.filter((file) => file.startsWith(`${folder}/`));
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** The repository's own files that a file imports, types included. */
function imports(file: string): string[] {
  return ts.preProcessFile(read(file)).importedFiles.flatMap(({ fileName }) => ownFile(file, fileName) ?? []);
}

/** A relative path, or a name that package.json exports; nothing for a library. */
function ownFile(importer: string, name: string): string | undefined {
  if (name.startsWith(".")) return normalize(join(dirname(importer), name));
  const exported = entryPoints[name.replace(/^pressurevalve(?=$|\/)/, ".")];
  return exported && normalize(exported);
}

/** What each folder may import of this repository besides itself. */
const directions: readonly [folder: string, mayImport: readonly string[]][] = [
  ["services", ["constructs/index.ts"]],
  ["constructs/model", []],
  ["constructs/kubernetes", ["constructs/model/"]],
  ["policies", []],
];

test.each(directions)("%s imports nothing but itself and [%s]", (folder, mayImport) => {
  const strays = under(folder).flatMap((file) =>
    imports(file)
      .filter((imported) => ![`${folder}/`, ...mayImport].some((allowed) => imported.startsWith(allowed)))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(under(folder)).not.toHaveLength(0);
  expect(strays).toEqual([]);
});

test.each(["render", "resolve", "ServiceChart"])("services say what they are, and never call %s", (name) => {
  expect(under("services").filter((file) => new RegExp(`\\b${name}\\b`).test(read(file)))).toEqual([]);
});

test.each(["constructs", "tools", "policies"])("%s imports neither stacks nor cli", (folder) => {
  const strays = under(folder).filter((file) =>
    imports(file).some((imported) => /^(stacks|cli)\//.test(imported) && imported.endsWith(".ts")),
  );
  expect(strays).toEqual([]);
});

/** What a shop writes itself; all other sources are the kit's. */
function isShops(file: string): boolean {
  return /^(services|stacks)\/[^/]+\.ts$/.test(file);
}

test("the kit does not know the shop", () => {
  // Tests and the field reference prove the kit by the shop that lies beside it.
  const kit = sources.filter((file) => !/^(test|docs)\//.test(file) && !isShops(file));
  const strays = kit.filter((file) => imports(file).some(isShops));
  expect(strays).toEqual([]);
});

test("the shop imports the kit by its name, as it would where the kit is installed", () => {
  const shops = sources.filter(isShops);
  const relative = shops.flatMap((file) =>
    ts
      .preProcessFile(read(file))
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith(".") && name.endsWith(".ts") && !isShops(ownFile(file, name) ?? "")),
  );
  expect(shops).not.toHaveLength(0);
  expect(relative).toEqual([]);
});

test.each(under("services"))("%s fits on one screen", (file) => {
  expect(read(file).trimEnd().split("\n").length).toBeLessThanOrEqual(60);
});

test.each(["utils", "common", "helper", "helpers", "manager", "base"])("nothing is called %s", (name) => {
  const named = sources.flatMap((file) => [...file.split("/").slice(0, -1), basename(file, ".ts")]);
  expect(named).not.toContain(name);
});

test("npm run golden writes the golden files of every test that has some", () => {
  const { golden } = JSON.parse(read("package.json")).scripts;
  const writers = under("test").filter((file) => /process\.env\.UPDATE_GOLDEN/.test(read(file)));
  expect(golden.split(" --runTestsByPath ")[1].split(" ").sort()).toEqual(writers.sort());
});
