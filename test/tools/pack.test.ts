import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript";
import { kitRoot } from "../../tools/shop-root.ts";

/** What `npm install` of the pack gives, its dependencies being links to those that are installed here. */
let shop: string;
let installed: string;

interface Package {
  readonly version: string;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
let description: Package;

beforeAll(async () => {
  shop = await mkdtemp(join(tmpdir(), "pressurevalve-pack-"));
  installed = join(shop, "node_modules", "pressurevalve");
  await mkdir(installed, { recursive: true });
  const { stdout } = await execa(process.execPath, ["tools/pack.ts", shop], { cwd: kitRoot });
  await execa("tar", ["-xzf", stdout, "-C", installed, "--strip-components=1"]);
  description = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys({ ...description.dependencies, ...description.optionalDependencies }))
    await link(name);
}, 120_000);

afterAll(() => rm(shop, { recursive: true }));

test("publint finds nothing to complain of", async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, description))).toEqual([]);
});

test("package.json says what whoever installs it needs, and nothing of how it was made", () => {
  expect(Object.keys(description).sort()).toEqual([
    "bin",
    "dependencies",
    "description",
    "engines",
    "exports",
    "files",
    "license",
    "name",
    "optionalDependencies",
    "type",
    "version",
  ]);
});

test("holds JavaScript and declarations, Go modules and scripts, and neither MountainPass nor its tests", async () => {
  const files = await packedFiles();
  for (const file of [
    "cli/main.js",
    "cli/pressurevalve.sh",
    "constructs/index.d.ts",
    "policies/PulumiPolicy.yaml",
    "policies/pack.js",
    "tools/images/postgres.sh",
    "tools/node.sh",
    "tools/programs/kubernetes/go.sum",
    "tools/pulumi/plugins/pulumi-analyzer-policy-pressurevalve",
  ])
    expect(files).toContain(file);
  const strays = files.filter((file) => /^(services|test|bench)\/|^stacks\/[^/]+$|setup\.js$/.test(file));
  expect(strays).toEqual([]);
  const sources = files.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith("starter/"));
  expect(sources).toEqual([]);
});

// cdk8s has constructs as its peer; explain reads sources with typescript.
const asked = ["constructs", "typescript"];

test("imports no library that is not a dependency, and depends on none that it does not import", async () => {
  const modules = (await packedFiles()).filter((file) => file.endsWith(".js"));
  const imported = await Promise.all(modules.map((file) => libraries(join(installed, file))));
  expect([...new Set([...imported.flat(), ...asked])].sort()).toEqual(Object.keys(description.dependencies));
});

test.each([
  "pressurevalve/constructs/index.js",
  "pressurevalve/tools/fault.js",
  "pressurevalve/package.json",
])("%s is nobody's business", async (path) => {
  const { stderr } = await inShop(`await import("${path}")`);
  expect(stderr).toContain("ERR_PACKAGE_PATH_NOT_EXPORTED");
});

test("every entry point is there for JavaScript and for the compiler", async () => {
  const names = Object.keys(description.exports).map((name) => name.replace(/^\./, "pressurevalve"));
  const { stdout, stderr } = await inShop(
    `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).length > 0)`,
  );
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toEqual(names.map((name) => `${name} true`));
  for (const { types } of Object.values(description.exports))
    expect(await packedFiles()).toContain(types.slice("./".length));
}, 60_000);

async function link(name: string): Promise<void> {
  const path = join(shop, "node_modules", name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(kitRoot, "node_modules", name), path);
}

async function packedFiles(): Promise<string[]> {
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
}

/** The packages that a module imports. */
async function libraries(path: string): Promise<string[]> {
  return ts
    .preProcessFile(await readFile(path, "utf8"))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

function inShop(program: string) {
  return execa(process.execPath, ["--input-type=module", "--eval", program], { cwd: shop, reject: false });
}
