import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { execa } from "execa";

const root = join(import.meta.dirname, "../..");
let output: string;

beforeEach(async () => {
  output = await mkdtemp(join(tmpdir(), "synth-"));
});

afterEach(() => rm(output, { recursive: true }));

/** Runs the cdk8s entry, one piece of one of its sources being another. */
function synth(file = "", piece = "", instead = "") {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(${JSON.stringify(`/${file}`)})) return loaded;
      const source = String(loaded.source);
      if (!source.includes(${JSON.stringify(piece)})) throw new Error("the source has changed");
      return { ...loaded, source: source.replace(${JSON.stringify(piece)}, ${JSON.stringify(instead)}) };
    } });`;
  const preload = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
  return execa(process.execPath, [...(file ? preload : []), "stacks/synth.ts"], {
    cwd: root,
    env: { CDK8S_OUTDIR: output },
    reject: false,
  });
}

/** The folders of environments, each with its platform's beside it. */
function folders(...environments: string[]): string[] {
  return environments.flatMap((name) => [name, `${name}-platform`]);
}

test("every environment is written", async () => {
  const { exitCode, stderr } = await synth();
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect((await readdir(output)).sort()).toEqual(folders("dev", "production", "staging"));
});

test("a wrong description ends with 1, in the words of its problem alone", async () => {
  const { exitCode, stderr } = await synth("services/order.ts", 'owner: "checkout"', 'owner: ""');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^order: owner /);
  expect(stderr).not.toContain("    at ");
});

test("a violation of a policy ends with 2, and says which", async () => {
  const { exitCode, stderr } = await synth(
    "constructs/kubernetes/pod.ts",
    "allowPrivilegeEscalation: false",
    "allowPrivilegeEscalation: true",
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain("allowPrivilegeEscalation");
  expect(stderr).not.toContain("    at ");
});

test("what is wrong with each environment is told at once, and a good one is written", async () => {
  const { exitCode, stderr } = await synth(
    "stacks/environments.ts",
    'unpinnedImages: "refused"',
    'unpinnedImages: "never"',
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^staging: .*unpinnedImages/);
  expect((await readdir(output)).sort()).toEqual(folders("dev", "production"));
});

test("what is wrong with all of them is told once", async () => {
  const { stderr } = await synth("services/order.ts", 'owner: "checkout"', 'owner: ""');
  expect(stderr.match(/order: owner /g)).toHaveLength(1);
});
