import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { load } from "js-yaml";
import ts from "typescript";
import type { Environment } from "../../constructs/index.ts";
import { environments as mountainPass } from "../../stacks/environments.ts";
import { environments as starter } from "../../starter/stacks/environments.ts";
import { exists } from "../../tools/cache.ts";
import { Fault } from "../../tools/fault.ts";
import { kitRoot } from "../../tools/shop-root.ts";
import { expectNames, type Names, starterFiles, writeStarter } from "../../tools/starter.ts";
import { withoutMesh } from "../constructs/example.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "pressurevalve-init-")), "my-gear");
});
afterEach(() => rm(join(folder, ".."), { recursive: true }));

const gear: Names = { shop: "gear", service: "order-history" };

test("a shop has what MountainPass has, but for its own services and stacks", async () => {
  const paths = (await starterFiles(gear)).map(({ path }) => path);
  expect(paths.toSorted()).toEqual([
    ".github/workflows/ci.yaml",
    ".gitignore",
    "Pulumi.yaml",
    "README.md",
    "cdk8s.yaml",
    "package.json",
    "services/index.ts",
    "services/order-history.ts",
    "stacks/Pulumi.production-platform.yaml",
    "stacks/Pulumi.production.yaml",
    "stacks/Pulumi.staging-platform.yaml",
    "stacks/Pulumi.staging.yaml",
    "stacks/environments.ts",
    "stacks/images.dev.json",
    "stacks/images.production.json",
    "stacks/images.staging.json",
    "stacks/index.ts",
    "stacks/shop.ts",
    "stacks/synth.ts",
    "tsconfig.json",
  ]);
});

test("nothing of the template's own names is left", async () => {
  for (const { path, text } of await starterFiles(gear)) {
    expect(path).not.toMatch(/catalogue|my-shop/);
    expect(text).not.toMatch(/catalogue|my-shop/);
  }
});

test.each(["catalogue-shop", "my-shop-two", "catalogue"])("a shop may be called %s", async (shop) => {
  const other = await starterFiles({ shop: "plain-name", service: "order" });
  const named = await starterFiles({ shop, service: "order" });
  expect(named).toEqual(other.map(({ path, text }) => ({ path, text: text.replaceAll("plain-name", shop) })));
});

test("a service may be called my-shop", async () => {
  const names = { shop: "gear", service: "my-shop" };
  expect(await text("services/my-shop.ts", names)).toContain('export const myShop = service("my-shop", {');
});

test("the service has its name in text, and a variable of that name", async () => {
  expect(await text("services/index.ts")).toContain('import { orderHistory } from "./order-history.ts";');
  expect(await text("services/order-history.ts")).toContain(
    'export const orderHistory = service("order-history", {',
  );
});

test.each([
  "delete",
  "await",
  "rest",
  "service",
  "services",
  "a-1",
  "new-",
])("a service may be named %s, whatever JavaScript makes of the word", async (word) => {
  const service = word.replace(/-$/, "");
  for (const path of [`services/${service}.ts`, "services/index.ts"]) {
    const source = await text(path, { shop: "gear", service });
    const { diagnostics } = ts.transpileModule(source, { reportDiagnostics: true });
    expect(diagnostics).toEqual([]);
    const declared = [...source.matchAll(/(?:import \{|const) (.*?) (?:\}|=)/g)].flatMap(
      ([, names]) => names?.split(", ") ?? [],
    );
    expect(new Set(declared).size).toBe(declared.length);
  }
});

test.each([
  [
    { shop: "My Shop", service: "index" },
    "shop My Shop: must be a DNS label of at most 30 characters; use lower-case letters, digits and inner dashes, and begin with a letter\n" +
      "service index: services/index.ts lists them all; choose another name",
  ],
  [
    { shop: "gear", service: "constructor" },
    "service constructor: must not be constructor, which the constructs library keeps for itself; choose another name",
  ],
])("wrong names are told by the rule that they break: %j", (names, words) => {
  expect(() => expectNames(names)).toThrow(new Fault(words, 1));
});

test("the kit and the compiler are pinned to the versions that made the shop", async () => {
  const kit = JSON.parse(await readFile(join(kitRoot, "package.json"), "utf8"));
  expect(JSON.parse(await text("package.json"))).toMatchObject({
    name: "gear",
    type: "module",
    dependencies: { pressurevalve: kit.version },
    devDependencies: { typescript: kit.dependencies.typescript },
  });
});

test("what a package.json says already stays", async () => {
  const present = { name: "x", scripts: { test: "mine" }, dependencies: { pressurevalve: "file:kit.tgz" } };
  const files = await starterFiles(gear, JSON.stringify(present));
  const completed = JSON.parse(files.find(({ path }) => path === "package.json")?.text ?? "");
  expect(completed).toMatchObject({ ...present, type: "module", scripts: { start: "pressurevalve start" } });
});

test.each([
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
])("a package that is there already among the %s is not asked for again", async (role) => {
  const present = { [role]: { pressurevalve: "file:kit.tgz", typescript: "6.0.3" } };
  const files = await starterFiles(gear, `\uFEFF${JSON.stringify(present)}`);
  const written = files.find(({ path }) => path === "package.json")?.text ?? "";
  expect(JSON.parse(written)).toMatchObject(present);
  expect(written.match(/pressurevalve"|typescript"/g)).toHaveLength(2);
});

test.each([
  ['{ "type": "commonjs" }', 'package.json: type is "commonjs", but must be module; change it'],
  ["{", /^package.json is no JSON: .*; mend it$/],
  ["null", "package.json is null, but must be an object; change it"],
  ["[]", "package.json is [], but must be an object; change it"],
  [
    '{ "scripts": 1, "dependencies": ["x"], "devDependencies": { "y": 2 } }',
    "package.json: scripts is 1, but must be an object; change it\n" +
      'package.json: dependencies is ["x"], but must be an object; change it\n' +
      "package.json: devDependencies.y is 2, but must be a text; change it",
  ],
])("a package.json that cannot be a shop's is refused: %s", async (present, words) => {
  await expect(starterFiles(gear, present)).rejects.toThrow(words);
});

test("files that are in the way are all named, and nothing is written", async () => {
  await mkdir(join(folder, "README.md"), { recursive: true });
  await writeFile(join(folder, "cdk8s.yaml"), "mine");
  await writeFile(join(folder, "stacks"), "a file");
  await writeFile(join(folder, "notes.txt"), "not in the way");
  const before = await tree();
  await expect(init()).rejects.toThrow(
    `${folder} has these already; remove or rename them, or choose another folder:\n` +
      "  README.md (a file is wanted)\n  cdk8s.yaml\n  stacks (a folder is wanted)",
  );
  expect(await tree()).toEqual(before);
});

test("a file is no folder, nor has it folders", async () => {
  await writeFile(folder, "a file");
  const files = await starterFiles(gear);
  for (const path of [folder, join(folder, "shop")])
    await expect(writeStarter(path, files)).rejects.toThrow(
      new Fault(`${folder} is a file; choose another folder`, 1),
    );
});

test("what comes next can be typed as it is told, whatever the folder is called", async () => {
  const parent = join(folder, "..");
  for (const name of ["it's here", "-x", "$HOME", "plain"]) {
    const cli = [join(kitRoot, "cli/main.ts"), "init", "--name", "gear", "--yes", "--", name];
    const { stdout } = await execa(process.execPath, cli, { cwd: parent });
    const [cd] = stdout.split("\n");
    const { stdout: there } = await execa("sh", ["-c", `${cd} && pwd`], { cwd: parent });
    expect(there).toBe(join(parent, name));
  }
});

test("the next step installs the kit from where it is: of sources, the tarball that they are packed into", async () => {
  const cli = [join(kitRoot, "cli/main.ts"), "init", folder, "--name", "gear", "--yes"];
  const next = async () => (await execa(process.execPath, cli, { cwd: folder, lines: true })).stdout;
  await mkdir(folder);
  const { version } = JSON.parse(await readFile(join(kitRoot, "package.json"), "utf8"));
  const tarball = relative(folder, join(kitRoot, `.local/pressurevalve-${version}.tgz`));
  const pack = (await exists(join(folder, tarball))) ? [] : [`npm --prefix ${kitRoot} run package`];
  const steps = [...pack, `npm install ${tarball}`, "npm test", "npm start"];
  expect(await next()).toEqual(steps);
  // Said again, while package.json has the version alone.
  expect(await next()).toEqual(steps);
  const description = await readFile(join(folder, "package.json"), "utf8");
  await writeFile(join(folder, "package.json"), description.replace(`"${version}"`, '"file:kit.tgz"'));
  expect(await next()).toEqual(["npm install", "npm test", "npm start"]);
});

test("made twice is made once", async () => {
  await init();
  const before = await tree();
  await init();
  expect(await tree()).toEqual(before);
});

test("when a file cannot be written, those before it go again", async () => {
  await mkdir(folder);
  const files = await starterFiles(gear);
  // The folder is not in the way when it is looked for: it comes with the first file.
  const broken = { path: "services", text: "a folder of that name is there by now" };
  await expect(writeStarter(folder, [...files, broken])).rejects.toThrow(/EISDIR/);
  expect(await tree()).toEqual([]);
});

test.each([
  "stacks/index.ts",
  "stacks/synth.ts",
  "cdk8s.yaml",
])("%s is MountainPass's, word for word", async (path) => {
  expect(await text(path)).toBe(await readFile(join(kitRoot, path), "utf8"));
});

test("Pulumi.yaml is MountainPass's, but for the name", async () => {
  const own = load(await readFile(join(kitRoot, "Pulumi.yaml"), "utf8")) as object;
  const made = load(await text("Pulumi.yaml")) as object;
  expect(made).toEqual({ ...own, name: "gear", description: expect.stringContaining("gear") });
});

describe("its workflow", () => {
  test("names every action by its commit, with the version for a person", async () => {
    const uses = (await text(".github/workflows/ci.yaml")).match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(5);
    expect(uses.filter((words) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(words))).toEqual([]);
  });

  test("lets no job but the one that runs nothing of the shop write anything", async () => {
    const workflow = load(await text(".github/workflows/ci.yaml")) as Workflow;
    expect(workflow.permissions).toEqual({ contents: "read" });
    const allowed = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions);
    expect(allowed.map(([name]) => name)).toEqual(["code-scanning"]);
    for (const [, { permissions, steps }] of allowed) {
      expect(permissions).toEqual({ actions: "read", contents: "read", "security-events": "write" });
      expect(steps.filter((step) => "run" in step)).toEqual([]);
    }
  });

  test("reviews each of its environments, also when one before has failed, and ends with what failed", async () => {
    const { jobs } = load(await text(".github/workflows/ci.yaml")) as Workflow;
    const step = jobs.check?.steps.find(({ name }) => name === "what the policies say");
    // Stands for npx: staging fails.
    const npx = '#!/bin/sh\necho "$*"\n[ "$5" != staging ] || exit 2\n';
    const run = async (base: string) => {
      const there = await mkdtemp(join(folder, "..", "run-"));
      await writeFile(join(there, "npx"), npx, { mode: 0o755 });
      const { exitCode } = await execa("bash", ["-e", "-c", step?.run ?? ""], {
        cwd: there,
        env: { PATH: `${there}:${process.env.PATH}`, BASE: base, GITHUB_STEP_SUMMARY: join(there, "told") },
        reject: false,
      });
      return { exitCode, told: (await readFile(join(there, "told"), "utf8")).trim().split("\n") };
    };
    const review = (environment: string, more: string) =>
      `pressurevalve policy review -s ${environment}${more} --markdown --sarif review/${environment}.sarif --html review/${environment}.html`;
    const names = Object.keys(starter);
    expect(await run("abc")).toEqual({
      exitCode: 2,
      told: names.map((name) => review(name, " --against abc")),
    });
    expect(await run("")).toEqual({ exitCode: 2, told: names.map((name) => review(name, "")) });
  });
});

interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<
    string,
    {
      readonly permissions?: object;
      readonly steps: readonly { readonly name?: string; readonly run?: string }[];
    }
  >;
}

test("the environments are MountainPass's without its mesh, but for images, subnets, sizes and bounds", () => {
  const shared = (environments: Record<string, Environment>) =>
    Object.values(environments)
      .map(withoutMesh)
      .map(({ images, smokeTestImage, stores, sizing, policies, ...values }) =>
        JSON.parse(JSON.stringify({ ...values, policies: policies?.level })),
      );
  expect(shared(starter)).toEqual(shared(mountainPass));
  // A new shop begins without one.
  expect(Object.values(starter).map(({ mesh }) => mesh.kind)).toEqual(["none", "none", "none"]);
});

async function text(path: string, names = gear): Promise<string> {
  const file = (await starterFiles(names)).find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`${path} is not made`);
  return file.text;
}

async function init(): Promise<void> {
  const present = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
  await writeStarter(folder, await starterFiles(gear, present));
}

async function tree(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
