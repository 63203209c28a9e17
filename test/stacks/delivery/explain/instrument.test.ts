import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "@jest/globals";
import { instrument, instrumentJson } from "../../../../stacks/delivery/explain/instrument.ts";
import { Recorder, recorderKey } from "../../../../stacks/delivery/explain/recorder.ts";

/** Runs a module's text under a recorder; `result` is what it is about. */
function run(text: string) {
  const recorder = new Recorder();
  Object.assign(globalThis, { [recorderKey]: recorder });
  const code = stripTypeScriptTypes(instrument("module.ts", text, recorder));
  const read = new Function(`${code}\nreturn () => result;`)();
  const wordsAt = (container: object, key: string | number) =>
    recorder.placesOf(container, key).map(({ start }) =>
      text
        .slice(start)
        .split(/[,\n}\]]/)[0]
        ?.trim(),
    );
  return { recorder, read, wordsAt, code };
}

test("a source keeps its lines and its meaning", () => {
  const text = `const a: number = 1;
// a comment
interface Shape { readonly kind: "round" }
const result = {
  text: \`\${a} and \${"b"}\`, list: [a, ...[2, 3]], [\`key\`]: true,
  shape: { kind: "round" } satisfies Shape, "quoted key": -1,
} as const;
`;
  const { read, code } = run(text);
  expect(code.split("\n")).toHaveLength(text.split("\n").length);
  expect(read()).toEqual({
    text: "1 and b",
    list: [1, 2, 3],
    key: true,
    shape: { kind: "round" },
    "quoted key": -1,
  });
});

test("each property knows the literal that wrote it, also when it was spread, overwritten or taken apart", () => {
  const { read, wordsAt } = run(`
function rest({ a, ...others }: { a: number; b: number }) { return { ...others, c: 5 }; }
function outer() { const { z, ...rest } = { y: 6, z: 7 }; return { ...rest, x: z }; }
const base = { a: 1, b: 2 };
const result = { spread: { ...base, b: 3 }, rest: rest(base), outer: outer(), list: [0, ...[8, 9]] };
`);
  const { spread, rest, outer, list } = read();
  expect(wordsAt(spread, "a")).toEqual(["a: 1"]);
  expect(wordsAt(spread, "b")).toEqual(["b: 3", "b: 2"]);
  expect(wordsAt(rest, "b")).toEqual(["b: 2"]);
  expect(wordsAt(rest, "c")).toEqual(["c: 5"]);
  expect(wordsAt(outer, "y")).toEqual(["y: 6"]);
  expect(wordsAt(list, 2)).toEqual(["9"]);
});

test("what is assigned apart is left alone", () => {
  const { read } = run(`
let [a, b] = [1, 2]; let c = 0;
[a, b] = [b, a]; ({ c } = { c: 3 });
const result = [a, b, c];
`);
  expect(read()).toEqual([2, 1, 3]);
});

test("with another literal, a constant of the module and what depends on it are other ones", () => {
  const { recorder, read } = run(`
const seconds = 5;
const twice = seconds * 2;
const result = { twice, text: \`\${twice} s\`, inside: inside() };
function inside() { return 7; }
`);
  const literal = (value: unknown) => recorder.literals.findIndex((one) => one.value === value);
  recorder.withLiteral(
    literal(5),
    () => 6,
    () => recorder.reevaluateConstants(),
  );
  expect(read()).toEqual({ twice: 12, text: "12 s", inside: 7 });
  recorder.reevaluateConstants();
  expect(read()).toEqual({ twice: 10, text: "10 s", inside: 7 });
});

test("what is compared, cut or checked makes no value", () => {
  const { recorder } = run(`
const z = { string: () => ({ max: (length: number) => length }) };
const result = [z.string().max(63) === 64, "yes".slice(1), ["no"][0]];
`);
  const making = recorder.literals.filter(({ makesValue }) => makesValue).map(({ value }) => value);
  expect(making).toEqual(["yes", "no"]);
});

test("data in JSON is found in its own file", () => {
  const recorder = new Recorder();
  const text = '{\n  "order": "images.example/order:1"\n}\n';
  const code = instrumentJson("images.json", text, recorder);
  Object.assign(globalThis, { [recorderKey]: recorder });
  const data = new Function(code.replace("export default", "return"))();
  expect(recorder.placesOf(data, "order")).toEqual([{ file: "images.json", start: text.indexOf('"order"') }]);
});
