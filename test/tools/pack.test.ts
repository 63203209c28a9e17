import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
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
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
let description: Package;

const nodePackage = `node-${process.platform}-${process.arch}`;

beforeAll(async () => {
  shop = await mkdtemp(join(tmpdir(), "pressurevalve-pack-"));
  installed = join(shop, "node_modules", "pressurevalve");
  await mkdir(installed, { recursive: true });
  const { stdout } = await execa(process.execPath, ["tools/pack.ts", shop], { cwd: kitRoot });
  await execa("tar", ["-xzf", stdout, "-C", installed, "--strip-components=1"]);
  description = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  for (const name of [...Object.keys(description.dependencies), nodePackage]) await link(name);
  for (const [name, path] of Object.entries(description.bin))
    await linkCommand(name, join("pressurevalve", path));
  await linkCommand("tsc", "typescript/bin/tsc");
  await linkCommand("node", join(nodePackage, "bin/node"));
  await command("npx", "pressurevalve", "init", "--name", "my-shop", "--yes");
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
  expect([...new Set([...imported.flat(), ...asked])].sort()).toEqual(
    Object.keys(description.dependencies).sort(),
  );
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
});

describe("the shop that it makes", () => {
  test("is not told to run what only the kit's own repository has", async () => {
    const { stdout } = await execa("npx", ["pressurevalve", "doctor", "--json"], {
      cwd: shop,
      reject: false,
      // Nobody outside is asked.
      env: { HTTPS_PROXY: "http://127.0.0.1:9", XDG_CACHE_HOME: join(shop, "cache") },
    });
    const { groups } = JSON.parse(stdout);
    expect(groups[0].findings).toMatchObject([{ state: "ok" }, { state: "ok" }]);
    expect(stdout).not.toContain("setup.js");
  });

  test("type-checks, and passes its own test", async () => {
    await command("npm", "test");
  });

  test("finds no fault with the kit's declarations, where libraries are checked as well", async () => {
    const checked = await execa("npx", ["tsc", "--skipLibCheck", "false"], {
      cwd: shop,
      reject: false,
      lines: true,
    });
    // cdk8s-plus and zod have faults of their own under the strict options of a shop.
    const own = checked.stdout.filter((line) => line.startsWith("node_modules/pressurevalve/"));
    expect(own).toEqual([]);
  });

  test("renders the expected objects", async () => {
    const { stderr } = await command("npx", "pressurevalve", "synth", "production");
    expect(stderr).toMatch(/^dist\/production: 8 objects of 1 service in 3 files$/m);
    const yaml = await rendered("production");
    const golden = join(import.meta.dirname, "golden", "catalogue.yaml");
    if (process.env.UPDATE_GOLDEN === "1") {
      await mkdir(dirname(golden), { recursive: true });
      await writeFile(golden, yaml);
    }
    expect(yaml).toBe(await readFile(golden, "utf8"));
  });

  test("says which images are yet to be built", async () => {
    const { stderr } = await command("npx", "pressurevalve", "synth", "production");
    expect(stderr).toContain(
      `registry.my-shop.example/catalogue@sha256:${"0".repeat(64)} is a placeholder; ` +
        "write the digest of your image into stacks/images.production.json",
    );
    expect((await command("npx", "pressurevalve", "synth", "dev")).stderr).not.toContain("placeholder");
  });

  test("has its fields explained by lines of the packed JavaScript, and the docstrings of its declarations", async () => {
    const path = "spec.template.spec.containers[0].resources.requests.cpu";
    const { stdout } = await command("npx", "pressurevalve", "explain", "catalogue", path);
    expect(stdout).toMatch(
      / node_modules\/pressurevalve\/constructs\/model\/resources\.js:\d+ +resources\.cpu is left out/,
    );
    expect(stdout).toContain("Omitted: 100m.");
  });

  test("is rendered the same, byte for byte, by a kit of another version", async () => {
    await command("npm", "run", "--silent", "synth", "--", "production");
    const before = await rendered("production");
    await writeFile(join(installed, "package.json"), JSON.stringify({ ...description, version: "7.7.7" }));
    expect((await command("npx", "pressurevalve", "--version")).stdout).toBe("7.7.7");
    await command("npm", "run", "--silent", "synth", "--", "production");
    expect(await rendered("production")).toBe(before);
    expect(before).not.toContain(description.version);
    await writeFile(join(installed, "package.json"), JSON.stringify(description));
  });

  test("is upgraded to the version that was looked at, whatever its tag stands for by then", async () => {
    const bin = await mkdtemp(join(shop, "bin-"));
    await writeFile(join(bin, "npm"), `#!/bin/sh\necho "$PWD $@" >>${bin}/calls\n`, { mode: 0o755 });
    const { stdout } = await execa("node_modules/.bin/pressurevalve", ["upgrade", "latest"], {
      cwd: shop,
      env: { NODE_OPTIONS: "", PATH: `${bin}:${process.env.PATH}` },
    });
    expect(stdout.match(/: no differences$/gm)).toHaveLength(3);
    const calls = (await readFile(join(bin, "calls"), "utf8")).trim().split("\n");
    expect(calls).toEqual([
      expect.stringMatching(/^\/.*\/after install --save-exact .* pressurevalve@latest$/),
      expect.stringMatching(
        new RegExp(`^${shop} install --save-exact .* pressurevalve@${description.version}$`),
      ),
    ]);
  });

  test("wants a Node that knows TypeScript, and says so where there is none", async () => {
    const links = [join(shop, "node_modules", nodePackage), join(shop, "node_modules", ".bin", "node")];
    for (const path of links) await rename(path, `${path}.away`);
    const old = join(shop, "old");
    await mkdir(old, { recursive: true });
    await writeFile(join(old, "node"), '#!/bin/sh\n[ "$1" = --version ] && echo v20.20.2 || exit 1\n', {
      mode: 0o755,
    });
    const run = () =>
      execa(join(shop, "node_modules/.bin/pressurevalve"), ["--version"], {
        cwd: shop,
        reject: false,
        env: { PATH: [old, process.env.PATH].join(delimiter) },
      });
    expect(await run()).toMatchObject({
      exitCode: 3,
      stderr:
        "pressurevalve: node is v20.20.2, but services in TypeScript want 22.19 or newer; have npm install optional " +
        "packages (npm config delete omit), or install Node 24 (https://nodejs.org/en/download)",
    });
    await rm(join(old, "node"));
    await symlink(process.execPath, join(old, "node"));
    expect(await run()).toMatchObject({ exitCode: 0, stdout: description.version });
    for (const path of links) await rename(`${path}.away`, path);
  });
});

/** All YAML of an environment, file by file. */
async function rendered(environment: string): Promise<string> {
  const folder = join(shop, "dist", environment, "catalogue");
  const files = (await readdir(folder)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts.join("---\n");
}

/** Runs a command in the shop, with the Node of this machine. */
function command(name: string, ...args: string[]) {
  // Jest's own are for this process.
  return execa(name, args, { cwd: shop, env: { NODE_OPTIONS: "" }, stdin: "ignore" });
}

async function linkCommand(name: string, path: string): Promise<void> {
  const commands = join(shop, "node_modules", ".bin");
  await mkdir(commands, { recursive: true });
  await symlink(join("..", path), join(commands, name));
}

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
