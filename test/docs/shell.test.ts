import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { programFor } from "../../cli/program.ts";
import { Checkout } from "../e2e/checkout.ts";
import { root } from "./markdown.ts";
import { isShown, kitArguments, parseProblem, shellLines } from "./shell.ts";

const lines = shellLines();

/** What needs nothing but the repository is run, in a copy of it. */
const run = [
  /^npx pressurevalve (synth|diff|explain|graph|help|completion)\b/,
  /^npx pressurevalve policy (check|explain|review)\b/,
  /^npm run -s synth\b/,
  /^npx cdk8s synth\b/,
  /--help$/,
  /--version$/,
];

/** What needs a cluster is run by the end-to-end tests: which chapter, and its words. */
const chapters: readonly [command: RegExp, chapter: string, words: RegExp][] = [
  [/^npm start$/, "start.ts", /run\("npm", "start"\)/],
  [/^npm start -- --kubeconfig/, "foreign-cluster.ts", /"--kubeconfig",.*"--context",/s],
  [/^npm stop$/, "stop.ts", /run\("npm", "stop"\)/],
  [/^npm run deploy -- dev \w+$/, "deploy-alone.ts", /"deploy", "--", "dev"/],
  [/^npx pulumi preview -s dev$/, "start.ts", /"pulumi", "preview", "-s", "dev"/],
  [/^npx pulumi preview -s dev --policy-pack/, "policy-pack.ts", /"preview"/],
  [/^npx pulumi preview -s production --policy-pack policies/, "policy-pack.ts", /"preview"/],
  [/^npx pulumi preview -s production --policy-pack node_modules/, "package.ts", /"--policy-pack", pack/],
  [/^npx pulumi up -s dev$/, "updates.ts", /"pulumi", "up", "-s", "dev"/],
  [/^npx pulumi (preview|up) -s dev-platform$/, "policies-in-the-cluster.ts", /"-s", "dev-platform"/],
  [/^npx pulumi destroy -s dev$/, "destroy.ts", /"destroy", "-s", "dev",/],
  [/^npx pulumi destroy -s dev-platform$/, "destroy.ts", /"-s", "dev-platform"/],
];

/** What no test runs: why. A command of the kit is parsed all the same. */
const notRun: readonly [command: RegExp, reason: string][] = [
  [
    /^npm (test( -- .*)?|run test:e2e( -- .*)?|run format|run docs|run golden|run bench)$/,
    "the tests themselves, or what writes into the repository",
  ],
  [/^npm start -- --archive$/, "builds every image"],
  [/^docker save .* -o payment\.tar$/, "another program"],
  [/^npm start -- --load payment\.tar$/, "wants an image of yours"],
  [/^npx pressurevalve (cluster|doctor) ?/, "its own tests run it; what it says is the machine's"],
  [/^npx pressurevalve upgrade\b/, "wants a shop with another kit"],
  [/^npx pressurevalve init /, "test/tools/starter.test.ts does it, in a folder of its own"],
  [/^npm run package$|^npm install /, "test/tools/pack.test.ts does it, in a folder of its own"],
  [/^npx pulumi stack init production --no-select( +#.*)?$/, "writes a salt"],
  [/^npx pulumi up -s production-platform$/, "wants a cluster of yours; that of dev is put there end to end"],
  [/^git |^helm |^kubectl |^cd |^mkdir /, "another program"],
];

function isAny(patterns: readonly RegExp[], command: string): boolean {
  return patterns.some((pattern) => pattern.test(command));
}

test("every line is run here, by a chapter of the end-to-end tests, or says why not", () => {
  expect(lines.length).toBeGreaterThan(10);
  const known = [...run, ...chapters.map(([command]) => command), ...notRun.map(([command]) => command)];
  expect(lines.filter(({ command }) => !isAny(known, command))).toEqual([]);
});

test.each(chapters)("what runs %s is in test/e2e/%s", (_, chapter, words) => {
  expect(readFileSync(join(root, "test/e2e", chapter), "utf8")).toMatch(words);
});

const ofKit = lines.flatMap((line) => {
  const args = kitArguments(line.command);
  return args === undefined ? [] : [{ ...line, args }];
});

test.each(ofKit)("$at: $command has known options and arguments", async ({ args }) => {
  // The program's own options are run.
  if (args[0]?.startsWith("-") || args[0] === "help") return;
  expect(parseProblem(await programFor(args), args)).toBe(undefined);
});

test("an option or an argument that does not exist is told", async () => {
  const synth = await programFor(["synth"]);
  expect(parseProblem(synth, ["synth", "production", "--jsn"])).toBe("synth has no --jsn");
  expect(parseProblem(synth, ["synth"])).toBe("synth lacks environment");
  expect(parseProblem(synth, ["synth", "production", "order"])).toBe("synth takes no order");
});

test("output is held against what is shown, with any text in the place of an ellipsis", () => {
  expect(isShown("order: 3 …\nand (more)", "order: 3 of 4\nand (more)\n")).toBe(true);
  expect(isShown("order: 3 …\nand (less)", "order: 3 of 4\nand (more)\n")).toBe(false);
});

describe("in a copy of the repository", () => {
  let checkout: Checkout;

  beforeAll(async () => {
    checkout = await Checkout.make();
    const git = (...args: string[]) =>
      execa("git", ["-c", "user.name=docs", "-c", "user.email=docs@example.com", ...args], {
        cwd: checkout.folder,
      });
    // What compares with an earlier commit finds one, and the branch that pages name.
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", "--all");
    await git("commit", "--quiet", "--message=docs");
  }, 120_000);

  afterAll(() => checkout.remove(), 120_000);

  test.each(lines.filter(({ command }) => isAny(run, command)))("$at: $command", async ({
    command,
    output,
    exitCode: expected,
  }) => {
    const { exitCode, all } = await execa("bash", ["-c", command], {
      cwd: checkout.folder,
      env: { NO_COLOR: "1" },
      all: true,
      reject: false,
    });
    expect([exitCode, exitCode === expected ? "" : all]).toEqual([expected, ""]);
    if (output !== undefined && !isShown(output, all)) expect(all).toBe(output);
  }, 120_000);
});
