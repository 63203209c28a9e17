import { expect, test } from "@jest/globals";
import type { Rule } from "../../../../../policies/rule.ts";
import { problemsOf } from "../../../../../policies/soundness/index.ts";
import { sheetOf } from "../../../../../stacks/delivery/policies/explain/sheet.ts";
import { sheetText } from "../../../../../stacks/delivery/policies/explain/text.ts";
import {
  asHtml,
  asJson,
  asJUnit,
  asMarkdown,
  asSarif,
  asText,
  type Review,
} from "../../../../../stacks/delivery/policies/review/index.ts";
import { against } from "./small-shop.ts";

const manifest = (paused: boolean) =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: order }, spec: { paused: ${paused} } }`;

const sound: Rule = {
  id: "awake",
  title: "No Deployment sleeps.",
  reason: "Nobody would wake it.",
  severity: "low",
  remedy: "Take paused out.",
  references: [{ title: "A guide", url: "https://guide.example/awake" }],
  matchConstraints: [{ apiGroup: "apps", kinds: ["Deployment"] }],
  variables: [{ name: "paused", expression: "object.spec.?paused.orValue(false)" }],
  validations: [{ expression: "!variables.paused", messageExpression: "'is paused'" }],
  examples: {
    pass: [manifest(false)],
    fail: [`# expect: is paused\n${manifest(true)}`],
    parameters: { most: "5" },
  },
};

const odd: readonly unknown[] = [
  ...[undefined, null, true, 0, "", " ", "\u0000\ud800", "]]></style>", "https://guide.example/%zz"],
  ...[[], [null], ["https://guide.example"], [{}], {}, { title: 1 }, { url: {} }],
  ...[Symbol("odd"), 10n, () => 1, new Date(Number.NaN), Object.create(null)],
];

/** The rule with each of its fields in turn, however deep, as each of the odd values. */
function* oddities(value: unknown): Generator<unknown> {
  yield* odd;
  if (typeof value !== "object" || value === null) return;
  for (const field of Object.keys(value))
    for (const other of oddities((value as Record<string, unknown>)[field]))
      yield Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [field]: other });
}

function reviewed(rule: Rule): Review {
  return {
    ...against,
    rules: [rule],
    findings: against.findings.map((finding) => ({ ...finding, rule: rule.id })),
  };
}

test("every format spells whatever rule the soundness check lets through", () => {
  const rules = [sound, ...oddities(sound)];
  const passed = rules.filter((rule) => problemsOf([{ file: "awake.ts", rule }]).length === 0) as Rule[];
  expect(passed.length).toBeGreaterThan(10);
  expect(passed.length).toBeLessThan(rules.length / 2);
  for (const rule of passed) {
    const review = reviewed(rule);
    const spelled = [
      asHtml(review),
      asJson(review),
      asJUnit(review),
      asMarkdown(review),
      asSarif(review, { version: "1.2.3", prefix: "" }),
      asText(review, { colour: false }),
      sheetText(sheetOf(rule), { colour: false }),
    ];
    expect(spelled).toEqual(spelled.map(() => expect.stringContaining(rule.id)));
  }
});
