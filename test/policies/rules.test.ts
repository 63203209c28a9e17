import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { rules } from "../../policies/index.ts";
import { describeProblem, problemsOf } from "../../policies/soundness.ts";

const files = readdirSync(new URL("../../policies/", import.meta.url), {
  recursive: true,
  encoding: "utf8",
});

/** Where a rule stands. */
function fileOf(id: string): string {
  return files.find((file) => file.split("/").at(-1) === `${id}.ts`) ?? "";
}

test("one rule, one file: it is named by the rule's id", () => {
  expect(rules.map(({ id }) => id).filter((id) => fileOf(id) === "")).toEqual([]);
});

test("no two rules have one id", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test.each(
  rules.map((rule) => [rule.id, rule] as const),
)("%s is sound: the API server can judge by it alike, and it holds for its own manifests", (id, rule) => {
  expect(problemsOf([{ file: `policies/${fileOf(id)}`, rule }]).map(describeProblem)).toEqual([]);
});
