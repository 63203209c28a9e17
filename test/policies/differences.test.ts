import { expect, test } from "@jest/globals";
import { judgeBy } from "../../policies/judgement/judge.ts";
import { problemsOf } from "../../policies/soundness/index.ts";
import { differences } from "./differences.ts";

// The chapter policies-admission.ts holds the outcomes against the API server.
test.each(differences)("$what: $expression $outcome", ({ rule, object, outcome }) => {
  const said = judgeBy([rule], [object]).map(({ message }) => message);
  const broken = { holds: [], "is broken": ["is broken"], "cannot be evaluated": [] }[outcome];
  if (outcome === "cannot be evaluated") expect(said).toEqual([expect.stringMatching(/^the rule cannot be/)]);
  else expect(said).toEqual(broken);
});

test.each(differences)("$what: a rule may say $expression", ({ rule }) => {
  const expressions = problemsOf([{ file: "rule.ts", rule }]).filter(({ place }) => place);
  expect(expressions.map(({ message }) => message)).toEqual([]);
});
