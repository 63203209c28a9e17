import { expect, test } from "@jest/globals";
import { Activation, chain } from "../../../policies/cel/activation.ts";
import { parse } from "../../../policies/cel/expression.ts";

const none = () => [];

/** A map that counts how often its field is read. */
function counting() {
  const count = { reads: 0 };
  const map = Object.defineProperty({}, "field", { get: () => ++count.reads && true, enumerable: true });
  return { count, map };
}

const field = { name: "field", expression: "object.field" };
const other = { name: "other", expression: "variables.field" };

test("a variable is evaluated once an object, by whatever rules it is read", () => {
  const { count, map } = counting();
  const activation = Activation.around({}, none).among(none).at(map);
  const [one, two] = [chain([field]), chain([field, other])];
  const read = (name: string, variables = one) =>
    parse(`variables.${name}`, "bool")(activation.scope(variables));
  expect([read("field"), read("field"), read("field", two), read("other", two)]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(count.reads).toBe(1);
});

test("a variable that does not read the object is evaluated once for all neighbours", () => {
  const { count, map } = counting();
  const around = Activation.around({}, none).among(() => [map]);
  const variables = chain([{ name: "all", expression: "neighbours.all(o, o.field)" }]);
  for (const object of [{}, {}, {}]) parse("variables.all", "bool")(around.at(object).scope(variables));
  expect(count.reads).toBe(1);
});

test("a variable that reads neither object nor neighbours is evaluated once for all namespaces", () => {
  const { count, map } = counting();
  const all = Activation.around({}, () => [map]);
  const variables = chain([{ name: "all", expression: "objects.all(o, o.field)" }]);
  for (const around of [all.among(none), all.among(none)])
    parse("variables.all", "bool")(around.at({}).scope(variables));
  expect(count.reads).toBe(1);
});

test("variables of one name and different expressions are told apart, and so are those that read different ones", () => {
  const around = Activation.around({}, none).among(none);
  const value = (...expressions: string[]) => {
    const variables = chain(expressions.map((expression, index) => ({ name: `v${index}`, expression })));
    return parse(`variables.v${expressions.length - 1}`, "dyn")(around.at({ field: 1n }).scope(variables));
  };
  expect([value("1"), value("2"), value("1", "variables.v0"), value("2", "variables.v0")]).toEqual([
    1n,
    2n,
    1n,
    2n,
  ]);
});

test("a variable that reads the object through another has a value for each object", () => {
  const around = Activation.around({}, none).among(none);
  const variables = chain([field, other]);
  const values = [true, false].map((field) =>
    parse("variables.other", "bool")(around.at({ field }).scope(variables)),
  );
  expect(values).toEqual([true, false]);
});

test("neighbours are not asked for unless an expression reads them", () => {
  const asked = () => {
    throw new Error("they were");
  };
  const around = Activation.around({}, none).among(asked);
  expect(parse("object.field", "bool")(around.at({ field: true }).scope(undefined))).toBe(true);
});
