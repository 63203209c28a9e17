import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { rules } from "../../policies/rules/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { writeFiles } from "../../stacks/delivery/yaml/files.ts";
import { shop } from "../../stacks/shop.ts";

const root = join(import.meta.dirname, "../..");
const example = (id: string, which: "pass" | "fail") =>
  rules.find((rule) => rule.id === id)?.examples[which][0] ?? "";

function policy(args: readonly string[], { input, cwd = root }: { input?: string; cwd?: string } = {}) {
  return execa(process.execPath, [join(root, "cli/main.ts"), "policy", ...args], {
    cwd,
    reject: false,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "policy-"));
});

afterAll(() => rm(folder, { recursive: true }));

describe("check", () => {
  test("what synth would write passes as its environment is judged", async () => {
    writeFiles(join(folder, "production"), renderShop(shop, shop.environments.production));
    const { exitCode, stdout, stderr } = await policy([
      "check",
      join(folder, "production"),
      "-s",
      "production",
    ]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      new RegExp(`/production, as production: \\d+ objects, ${rules.length} rules: nothing to mend$`),
    );
  });

  test("outside of a shop every rule is mandatory; a finding leads to the line and to the rule", async () => {
    await writeFile(join(folder, "by-hand.yaml"), example("privileged", "fail"));
    const { exitCode, stdout, stderr } = await policy(["check", "by-hand.yaml"], { cwd: folder });
    expect([exitCode, stderr]).toEqual([2, ""]);
    expect(stdout).toMatch(/^Pod order {2}by-hand\.yaml:3$/m);
    expect(stdout).toMatch(/^ {2}critical {2}privileged\n {12}container order: .*; remove it$/m);
    expect(stdout).toMatch(/^why, and what passes: pressurevalve policy explain \S+$/m);
  });

  test("an environment has levels of its own", async () => {
    const input = example("privileged", "fail");
    expect(await policy(["check", "-", "--stack", "dev"], { input })).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await policy(["check", "-", "-s", "production"], { input });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^stdin, as production: 1 object, .*\n\nPod order {2}stdin:3\n/);
  });

  test("what cannot be read is told with its line, and the rest is judged", async () => {
    const input = `a: [\n---${example("privileged", "fail")}`;
    const { exitCode, stdout, stderr } = await policy(["check", "-", "nowhere.yaml"], { input });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("  critical  privileged\n");
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^stdin:\d: cannot be read as YAML: .*; correct the document$/),
      expect.stringMatching(/^nowhere\.yaml: cannot be read: ENOENT/),
    ]);
  });

  test("a program gets all of it as JSON", async () => {
    const input = `${example("privileged", "fail")}\n---\noops\n`;
    const { exitCode, stdout, stderr } = await policy(["check", "-", "--json"], { input });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr).error.message).toMatch(/^stdin:\d+: this is a single word/);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ passes: false, objects: 1, problems: [{ at: { file: "stdin" } }] });
    expect(found.findings).toContainEqual({
      rule: "privileged",
      object: { kind: "Pod", namespace: "", name: "order" },
      message: "container order: securityContext.privileged is true, which lifts every boundary; remove it",
      remedy: "Remove securityContext.privileged.",
      severity: "critical",
      level: "mandatory",
      at: { file: "stdin", line: 3 },
    });
  });

  test("a program that wrote nothing has not passed", async () => {
    expect(await policy(["check", "-"], { input: "" })).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: "stdin: holds no object; name a file of YAML or JSON, a folder of them, or - for stdin",
    });
  });

  test.each([
    [["check"], "argument files is missing; see pressurevalve help policy"],
    [
      ["check", ""],
      "the name of a file is empty; name a file of YAML or JSON, a folder of them, or - for stdin",
    ],
    [["check", "-", "-"], "- is named twice; what a program writes can be read once, so name it once"],
    [["check", "-", "-s", "prodction"], "environment prodction is unknown; did you mean production?"],
  ])("%j is refused", async (args, words) => {
    expect(await policy(args)).toMatchObject({ exitCode: 1, stdout: "", stderr: words });
  });
});

describe("explain", () => {
  test("a rule is told with its manifests, outside of a shop as well", async () => {
    const { exitCode, stdout } = await policy(["explain", "privileged"], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^privileged: No container is privileged\.\n\nwhy {10}A privileged container is root/,
    );
    expect(stdout).toMatch(
      /^in force at {2}synth, preview and cluster; ClusterAnalysisTemplate at synth and preview only/m,
    );
    expect(stdout).not.toContain("\u001b");
  });

  test("without an id all rules are listed", async () => {
    const { stdout } = await policy(["explain"]);
    expect(stdout.split("\n")).toHaveLength(rules.length + 1);
  });

  test("a program gets the same as JSON", async () => {
    const [one, all] = await Promise.all([
      policy(["explain", "privileged", "--json"]),
      policy(["explain", "--json"]),
    ]);
    expect(JSON.parse(one.stdout)).toMatchObject({
      id: "privileged",
      inForce: ["synth", "preview", "cluster"],
    });
    expect(JSON.parse(all.stdout).map(({ id }: { id: string }) => id)).toEqual(rules.map(({ id }) => id));
  });

  test.each([
    ["privleged", "rule privleged is unknown; did you mean privileged?"],
    ["xyzzy", "rule xyzzy is unknown; pressurevalve policy explain lists all"],
  ])("%s is answered with what was meant", async (id, words) => {
    expect(await policy(["explain", id])).toMatchObject({ exitCode: 1, stdout: "", stderr: words });
  });
});
