import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import type { Rule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { describeProblem, problemsOf } from "../../../policies/soundness/index.ts";

const files = readdirSync(new URL("../../../policies/rules/", import.meta.url), {
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

test("no rule is forgotten: the list holds all that the files give out", async () => {
  const sources = files.filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(sources.map((file) => import(`../../../policies/rules/${file}`)));
  const given = modules.flatMap((module) => Object.values<Rule>(module)).filter((one) => one.validations);
  expect(given.filter((one) => !rules.includes(one)).map(({ id }) => id)).toEqual([]);
});

test("no two rules have one id", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test.each(
  rules.map((rule) => [rule.id, rule] as const),
)("%s is sound: the API server can judge by it alike, and it holds for its own manifests", (id, rule) => {
  expect(problemsOf([{ file: `policies/rules/${fileOf(id)}`, rule }]).map(describeProblem)).toEqual([]);
});
