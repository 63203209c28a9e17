import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import type { Policies } from "../../constructs/index.ts";
import { committedShop } from "./committed-shop.ts";

const { folder: shop, edit, restore, remove } = await committedShop();

afterEach(restore);
afterAll(remove);

function review(...args: string[]) {
  return execa(process.execPath, ["cli/main.ts", "policy", "review", ...args], {
    cwd: shop,
    reject: false,
    stdin: "ignore",
  });
}

/** Judges production otherwise, and by one line. */
function judgeBy(policies: Policies): Promise<void> {
  return edit(
    "stacks/environments.ts",
    "{ dev, staging, production };",
    `{ dev, staging, production: { ...production, policies: ${JSON.stringify(policies)} } };`,
  );
}

/** The line that holds a piece. */
async function lineOf(file: string, piece: string): Promise<number> {
  const lines = (await readFile(join(shop, file), "utf8")).split("\n");
  return lines.findIndex((line) => line.includes(piece)) + 1;
}

const fewer: Policies = { level: "mandatory", parameters: { mostReplicas: 50 } };

const blackFriday = {
  rule: "bounded-replicas",
  object: { kind: "HorizontalPodAutoscaler", namespace: "production-order", name: "order" },
  owner: "checkout",
  reason: "Black Friday",
  expires: "2999-01-31",
};

test("production passes, and a pipe gets no colours", async () => {
  expect(await review("-s", "production")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^production: nothing to mend \(\d+ rules over \d+ objects\)$/),
    stderr: "",
  });
});

describe("a bound that an object exceeds", () => {
  test("fails against the last commit, which says by what it was judged", async () => {
    await judgeBy(fewer);
    const { exitCode, stdout } = await review(
      ...["-s", "production", "--against", "HEAD", "--sarif", "review.sarif", "--junit", "review.xml"],
    );
    const place = `services/order.ts:${await lineOf("services/order.ts", 'service("order"')}`;
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^production against HEAD \(\w{10}\): 1 failure, 1 new \(/);
    expect(stdout).toMatch(
      new RegExp(`  medium .*HorizontalPodAutoscaler production-order/order  checkout  new    ${place}\n`),
    );
    expect(stdout).toMatch(/\n {2}parameter +not set → 50 +mostReplicas(\n|$)/);
    const { runs } = JSON.parse(await readFile(join(shop, "review.sarif"), "utf8"));
    expect(runs[0].tool.driver.semanticVersion).toMatch(/^\d+\.\d+\.\d+/);
    expect(runs[0].results).toMatchObject([{ ruleId: "bounded-replicas", level: "error" }]);
    expect(await readFile(join(shop, "review.xml"), "utf8")).toContain(' failures="1" ');
  });

  test("passes with an exemption, which is told as new, with its line", async () => {
    await judgeBy({ ...fewer, exemptions: [blackFriday] });
    const { exitCode, stdout } = await review("-s", "production", "--against", "HEAD", "--json");
    const { passes, findings, exemptions } = JSON.parse(stdout);
    expect([exitCode, passes]).toEqual([0, true]);
    expect(findings).toMatchObject([{ outcome: "exempted", exemption: blackFriday }]);
    const line = await lineOf("stacks/environments.ts", '"exemptions":');
    expect(exemptions).toMatchObject([
      { state: "in force", before: "absent", place: { file: "stacks/environments.ts", line } },
    ]);
  });

  test("fails where the exemption has expired, as it does at synth", async () => {
    await judgeBy({ level: "advisory", exemptions: [{ ...blackFriday, expires: "2026-01-31" }] });
    const { exitCode, stdout } = await review("-s", "production", "--markdown");
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^### production: 1 expired exemption \(/);
    const synth = await execa(process.execPath, ["cli/main.ts", "synth", "production"], {
      cwd: shop,
      reject: false,
    });
    expect(synth.exitCode).toBe(2);
  });
});

test.each([
  [[], "no environment is named; add one, such as -s production"],
  [["-s", "prodction"], "environment prodction is unknown; did you mean production?"],
  [["-s", "production", "--against", "mian"], "git knows no commit mian; did you mean main?"],
  [["-s", "production", "--against", ""], "--against is empty; name a commit, a branch or a tag"],
  [["-s", "production", "--sarif", ""], "--sarif is empty; name a file"],
  [
    ["-s", "production", "--html", "--json"],
    '{"error":{"message":"--html and --json would both be printed; give one a file, such as --json review.json","exitCode":1}}',
  ],
  [["dev", "-s", "production"], "dev and production are two environments; name one"],
  [
    ["production", "--sarif", "out/../review", "--junit", "review"],
    `--sarif and --junit would both be written to ${shop}/review; name two files`,
  ],
])("%j is refused", async (args, words) => {
  expect(await review(...args)).toMatchObject({ exitCode: 1, stdout: "", stderr: words });
});

test("what was found is shown, and the other files are written, where one cannot be", async () => {
  const { exitCode, stdout, stderr } = await review(
    ...["production", "--html", "nowhere/review.html", "--sarif", "cli", "--junit", "review.xml"],
  );
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^production: nothing to mend /);
  expect(stderr.split("\n")).toEqual([
    expect.stringMatching(/^cli cannot be written: EISDIR: .*; name a file in a folder that takes one$/),
    expect.stringMatching(/^nowhere\/review\.html cannot be written: ENOENT: .*; name a file in a folder /),
  ]);
  expect(await readFile(join(shop, "review.xml"), "utf8")).toMatch(/^<\?xml /);
});
