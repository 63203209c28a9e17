import { expect, test } from "@jest/globals";
import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { Activation } from "../../../policies/cel/activation.ts";
import { celValue, parse } from "../../../policies/cel/expression.ts";
import { narrowed } from "../../../policies/cel/narrowing.ts";

const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });

function narrow(expression: string): string {
  return narrowed(expression, environment.parse(expression).ast);
}

test.each([
  [`neighbours.filter(o, o.kind == "A")`, `neighboursOfKinds["A"].filter(o, o.kind == "A")`],
  [
    `neighbours.exists(a, a.x > 1 && a.kind == "A")`,
    `neighboursOfKinds["A"].exists(a, a.x > 1 && a.kind == "A")`,
  ],
  [
    `neighbours.filter(o, o.kind in ["B", "A"] && o.x)`,
    `neighboursOfKinds["A,B"].filter(o, o.kind in ["B", "A"] && o.x)`,
  ],
  [
    `neighbours.exists(o, (o.kind == "A" && o.x) || (o.kind == "B" && o.y))`,
    `neighboursOfKinds["A,B"].exists(o, (o.kind == "A" && o.x) || (o.kind == "B" && o.y))`,
  ],
  [
    `x.all(r, neighbours.exists(o, o.kind == "A")) ? neighbours.filter(o, o.kind == "B") : []`,
    `x.all(r, neighboursOfKinds["A"].exists(o, o.kind == "A")) ? neighboursOfKinds["B"].filter(o, o.kind == "B") : []`,
  ],
])("%s goes through neighbours of these kinds alone", (expression, narrower) => {
  expect(narrow(expression)).toBe(narrower);
});

test.each([
  ["neighbours.filter(o, o.x == 1)"],
  [`neighbours.filter(o, o.kind == "A" || o.x)`],
  [`neighbours.filter(o, o.kind != "A")`],
  [`neighbours.filter(o, !(o.kind == "A"))`],
  [`neighbours.filter(o, o.kind == object.kind)`],
  [`neighbours.filter(o, object.kind == "A")`],
  [`neighbours.filter(o, o.spec.kind == "A")`],
  [`neighbours.all(o, o.kind == "A")`],
  [`neighbours.map(o, o.kind == "A")`],
  [`objects.filter(o, o.kind == "A")`],
])("%s goes through all of them", (expression) => {
  expect(narrow(expression)).toBe(expression);
});

test("an expression cannot name what it is narrowed to", () => {
  expect(() => parse(`neighboursOfKinds["A"].size() == 0`, "bool")).toThrow("Unknown variable");
});

test("whatever the neighbours, the result is that of the expression as it was written, errors included", () => {
  const atom = fc.constantFrom(
    `o.kind == "A"`,
    `o.kind in ["A", "B"]`,
    `"B" == o.kind`,
    "o.x",
    "!o.x",
    "o.missing",
  );
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      atom,
      fc
        .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
        .map(([l, op, r]) => `(${l} ${op} ${r})`),
    ),
  }));
  const neighbour = fc.record(
    { kind: fc.constantFrom("A", "B", "C"), x: fc.boolean() },
    { requiredKeys: ["kind"] },
  );
  const outcome = (evaluate: () => unknown) => {
    try {
      return evaluate();
    } catch {
      return "an error";
    }
  };
  fc.assert(
    fc.property(
      condition,
      fc.array(neighbour),
      fc.constantFrom("filter", "exists"),
      (condition, given, method) => {
        const neighbours = given.map(celValue);
        const expression = `neighbours.${method}(o, ${condition})`;
        const scope = Activation.around({}, () => [])
          .among(() => neighbours)
          .scope(undefined);
        const written = outcome(() => environment.evaluate(expression, { neighbours }));
        expect(outcome(() => parse(expression, "dyn")(scope))).toEqual(written);
      },
    ),
  );
});
