import { describe, expect, test } from "@jest/globals";
import { rules } from "../../../../../policies/rules/index.ts";
import { dedented, sheetOf } from "../../../../../stacks/delivery/policies/explain/sheet.ts";
import { sheetTable, sheetText } from "../../../../../stacks/delivery/policies/explain/text.ts";

const sheets = rules.map(sheetOf);

test("a rule that looks at several objects is not in force in the cluster, and says why", () => {
  const budget = sheets.find(({ id }) => id === "subset-exists");
  const image = sheets.find(({ id }) => id === "image-digests");
  expect([budget?.inForce, image?.inForce]).toEqual([
    ["synth", "preview"],
    ["synth", "preview", "cluster"],
  ]);
  const told = (sheet: typeof budget) => sheet && sheetText(sheet, { colour: false });
  expect(told(budget)).toContain(
    "and at the other objects that are judged with it, which the API server does not show",
  );
  expect(told(image)).not.toContain("the other objects");
});

test("a kind without a namespace is judged before the cluster only, and that is told", () => {
  const rights = sheets.find(({ id }) => id === "no-wildcard-rights");
  expect(rights?.outsideCluster).toEqual(["ClusterRole"]);
  expect(rights && sheetText(rights, { colour: false })).toContain(
    "ClusterRole at synth and preview only, being no environment's",
  );
});

describe.each(sheets.map((sheet) => [sheet.id, sheet] as const))("%s", (_, sheet) => {
  test("is told as a whole", () => {
    const text = sheetText(sheet, { colour: false });
    const { title, reason, severity, remedy, references, examples, validations } = sheet;
    for (const words of [title, reason, severity, remedy, ...references.map(({ url }) => url)])
      expect(text).toContain(words);
    for (const stream of [...examples.pass, ...examples.fail])
      for (const line of stream.trim().split("\n")) expect(text).toContain(`${line}`.trimEnd());
    expect(text.match(/^must be true$/gm)).toHaveLength(validations.length);
  });
});

test("the table has a line for each rule, in columns", () => {
  const [head = "", ...lines] = sheetTable(sheets).trimEnd().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(rules.map(({ id }) => id));
  const column = head.indexOf("in force at");
  expect(lines.filter((line) => line.slice(column - 2, column + 5) !== "  synth")).toEqual([]);
});

test.each([
  ["a\n      && b\n        || c", "a\n  && b\n    || c"],
  ["(\n    a\n  )", "(\n    a\n  )"],
  ["a", "a"],
])("an expression loses the indentation of its file alone: %j", (text, expected) => {
  expect(dedented(text)).toBe(expected);
});
