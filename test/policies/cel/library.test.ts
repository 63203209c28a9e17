import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { celValue, parse } from "../../../policies/cel/expression.ts";
import { parseQuantity, Quantity } from "../../../policies/cel/quantity.ts";

function evaluated(expression: string, object: unknown = {}): unknown {
  const scope = { object: celValue(object), neighbours: [], objects: [], params: {}, variables: {} };
  return parse(expression, "dyn")(scope);
}

const emoji = "\u{1f600}";

// Every value and every error is what k8s.io/apiserver v0.36.3 says of the same expression.
const values: readonly [expression: string, value: unknown, object?: unknown][] = [
  ["int('+5')", 5n],
  ["int('-0000000000000000000000009223372036854775808')", -9223372036854775808n],
  ["' \u0085 '.trim()", ""],
  ["int(object.share)", -2n, { share: -2.9 }],
  ["-7 / 2", -3n],
  ["-7 % 3", -1n],
  ["string(object.share)", "0.5", { share: 0.5 }],
  ["string(object.share)", "1e-05", { share: 0.00001 }],
  ["string(object.share)", "1.2345675e+06", { share: 1234567.5 }],
  ["string(object.share)", "1e+21", { share: 1e21 }],
  ["object.name.size()", 2n, { name: `${emoji}x` }],
  ["object.name.substring(1)", "x", { name: `${emoji}x` }],
  ["object.name.indexOf('x')", 1n, { name: `${emoji}x` }],
  ["object.name.charAt(0)", emoji, { name: `${emoji}x` }],
  ["object.name.split('').size()", 2n, { name: `${emoji}x` }],
  ["object.name.matches('^.x$')", true, { name: `${emoji}x` }],
  ["'abc'.charAt(3)", ""],
  ["'abc'.substring(1, 2)", "b"],
  ["'abcb'.lastIndexOf('b')", 3n],
  ["'abc'.lastIndexOf('')", 3n],
  ["'abc'.indexOf('')", 0n],
  ["'abc'.indexOf('d')", -1n],
  ["'\u00c4B'.lowerAscii()", "\u00c4b"],
  ["'\u00e4b'.upperAscii()", "\u00e4B"],
  ["'\u0085 x \ufeff'.trim()", "x \ufeff"],
  ["''.split(',')", [""]],
  ["''.split('')", []],
  ["'a,b,c'.split(',', 2)", ["a", "b,c"]],
  ["'abc'.split('', 2)", ["a", "bc"]],
  ["'a,b'.split(',', 0)", []],
  ["'ab'.replace('', '-')", "-a-b-"],
  ["'ab'.replace('', '-', 2)", "-a-b"],
  ["'abab'.replace('b', '$&')", "a$&a$&"],
  ["'abab'.replace('b', 'x', 1)", "axab"],
  ["'\u00a0'.matches('\\\\s')", false],
  ["'a\\r'.matches('a.')", true],
  ["'aB'.matches('(?i)^AB$')", true],
  ["'abcbb'.find('b+')", "b"],
  ["'abc'.find('x')", ""],
  ["'abcbb'.findAll('b+')", ["b", "bb"]],
  ["'abcbb'.findAll('b+', 1)", ["b"]],
  ["'abc'.findAll('x*')", ["", "", "", ""]],
  ["'baac'.findAll('a*')", ["", "aa", ""]],
  ["object.list.min()", 1.5, { list: [3, 1.5, 2] }],
  ["object.list.max()", "b", { list: ["b", "a"] }],
  ["object.list.min()", "b", { list: ["b", 1] }],
  ["[1, 3, 2].isSorted()", false],
  ["object.list.isSorted()", true, { list: ["\uffee", emoji] }],
  ["[1, 2].sum()", 3n],
  ["object.list.sum()", 0n, { list: [] }],
  ["object.list.indexOf({'a': 1})", 1n, { list: [[], { a: 1 }] }],
  ["[1, 2, 1].lastIndexOf(1)", 2n],
  ["sets.contains(object.list, ['x'])", true, { list: ["x", 1] }],
  ["sets.contains(['x'], object.list)", false, { list: ["x", 1] }],
  ["sets.equivalent([1, 1], [1])", true],
  ["sets.intersects([1, 2], [2])", true],
  ["object.name.contains('b')", true, { name: "abc" }],
];

// A parameter that some rows leave out would be taken for Jest's callback.
test.each(values)("%s is %p", (...row) => {
  const [expression, value, object] = row;
  expect(evaluated(expression, object)).toEqual(value);
});

test.each([
  ["int('')"],
  ["int('1.5')"],
  ["int('9223372036854775808')"],
  ["int(object.share)", { share: 1e19 }],
  ["object.list.sum()", { list: [1, "x"] }],
  ["[9223372036854775807, 1].sum()"],
  ["object.list.max()", { list: [] }],
  ["'abc'.charAt(4)"],
  ["'abc'.substring(2, 1)"],
  ["'abc'.substring(4)"],
  ["object.name.matches(object.pattern)", { name: "x", pattern: "(?=x)" }],
  ["quantity('1,5')"],
])("%s is an error", (...row: readonly unknown[]) => {
  const [expression, object] = row as [string, unknown];
  expect(() => evaluated(expression, object)).toThrow();
});

describe("quantities", () => {
  test.each([
    ["100m", "0.1"],
    ["0.5Gi", "512Mi"],
    ["1.5Gi", "1536Mi"],
    ["1e3", "1k"],
    ["1E3", "1000"],
    ["1e-3", "1m"],
    ["1E", "1e18"],
    ["1G", "1000000000"],
    ["1.G", "1G"],
    [".5", "500m"],
    [".", "0"],
    ["Mi", "0"],
    ["-0", "0"],
    ["+1Ki", "1024"],
    ["0.1n", "1n"],
    ["-0.1n", "-1n"],
    ["1e-20", "1n"],
    ["0.0000000001Gi", "107374183n"],
    ["9223372036854775807Ki", "9223372036854775807"],
    ["-9223372036854775807Ki", "-9223372036854775807"],
  ])("%s equals %s", (one, other) => {
    expect(evaluated(`quantity('${one}').compareTo(quantity('${other}'))`)).toBe(0n);
  });

  test.each([
    ["999m", "1"],
    ["1G", "1Gi"],
    ["-1", "0"],
    ["1e98", "1e99"],
    ["9223372036854775807Ki", "9223372036854775808"],
  ])("%s is less than %s", (less, more) => {
    const question = `quantity('${less}').isLessThan(quantity('${more}')) && quantity('${more}').isGreaterThan(quantity('${less}'))`;
    expect(evaluated(question)).toBe(true);
    expect(evaluated(`quantity('${more}').isLessThan(quantity('${less}'))`)).toBe(false);
  });

  test.each([
    "",
    " 1",
    "1 ",
    "1K",
    "1mi",
    "1e",
    "1ee3",
    "--1",
    "0x1",
    "1_0",
    "Three",
    "1,5",
    "1e3e",
  ])("%j is none", (text) => {
    expect(evaluated(`isQuantity(${text === "" ? "''" : JSON.stringify(text)})`)).toBe(false);
  });

  test("are added exactly", () => {
    expect(evaluated("quantity('0.1').add(quantity('0.2')).compareTo(quantity('300m'))")).toBe(0n);
    expect(evaluated("quantity('1').sub(quantity('1n')).isLessThan(quantity('1'))")).toBe(true);
  });

  test("of a size that no machine has are none, and cost no time", () => {
    expect(parseQuantity("1e999999999")).toBeUndefined();
  });

  test("any whole number in milli is what it says", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (amount) => {
        expect(parseQuantity(`${amount}m`)).toEqual(new Quantity(amount * 1_000_000n));
      }),
    );
  });
});

test("an error of our functions names them as the expression does", () => {
  expect(() => evaluated("object.name.matches(object.name)", { name: 1 })).toThrow(
    /'dyn<int>\.matches|'int\.matches/,
  );
});

test("no error quotes the text that it is about, which may be a secret", () => {
  for (const expression of ["int(object.word)", "quantity(object.word)"])
    expect(() => evaluated(expression, { word: "hunter2" })).toThrow(/^(?!.*hunter2)/s);
});

test("trim takes a text of blanks and letters once, however many blanks there are", () => {
  const text = `a${" ".repeat(200_000)}b`;
  expect(evaluated("object.text.trim()", { text: ` ${text} ` })).toBe(text);
});
