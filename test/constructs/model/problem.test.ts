import { expect, test } from "@jest/globals";
import { describeProblem } from "../../../constructs/index.ts";
import { didYouMean } from "../../../constructs/model/problem.ts";

const said = (value: unknown) =>
  describeProblem({ service: "order", field: "f", value, rule: "but is odd", remedy: "mend it" });

test("a problem names service, field, value, rule and remedy", () => {
  expect(said(8)).toBe("order: f is 8, but is odd; mend it");
});

test("values are shown on one line, and text that could be taken for something else in quotes", () => {
  expect(said("3000")).toContain('f is "3000",');
  expect(said(" x")).toContain('f is " x",');
  expect(said("a\n\u001b[31mb")).toContain('f is "a\\n\\u001b[31mb",');
  expect(said("x".repeat(100))).toContain(`f is ${"x".repeat(80)}…,`);
});

test("no value is too odd to be shown", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  expect(said(cyclic)).toContain("f is a value that cannot be shown,");
  expect(said(Object.create(null))).toContain("f is {},");
  expect(said(10n)).toContain("f is 10,");
  expect(said(new Map())).toContain("f is a Map,");
  expect(said(Symbol("s"))).toContain("f is Symbol(s),");
});

test("a near name is offered, a far one is not", () => {
  expect(didYouMean("paymnet", ["order", "payment"], "add it")).toBe("did you mean payment?");
  expect(didYouMean("billing", ["order", "payment"], "add it")).toBe("add it");
});
