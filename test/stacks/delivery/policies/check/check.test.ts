import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Settings } from "../../../../../policies/judgement/verdict.ts";
import type { Rule } from "../../../../../policies/rule.ts";
import { check, passes } from "../../../../../stacks/delivery/policies/check/check.ts";
import { checkText } from "../../../../../stacks/delivery/policies/check/text.ts";
import { describeProblem, readStream } from "../../../../../stacks/delivery/yaml/stream.ts";

function rule(id: string, severity: Rule["severity"], expression: string): Rule {
  return {
    id,
    title: "",
    reason: "",
    severity,
    remedy: `Mend ${id}.`,
    references: [],
    matchConstraints: [{ apiGroup: "", kinds: ["ConfigMap"] }],
    validations: [{ expression, messageExpression: `"data is missing; add it"` }],
    examples: { pass: [""], fail: [""] },
  };
}

const low = rule("low-rule", "low", "has(object.data)");
const high = rule("high-rule", "high", "has(object.data)");

const stream = `
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: shop }
data: {}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: shop }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: payment, namespace: shop } }
---
oops
`;

function checked(settings: Partial<Settings> = {}, rules = [low, high]) {
  const reading = readStream("a.yaml", stream, { nodes: 0 });
  return check(rules, reading, { level: "mandatory", today: "2026-11-21", ...settings });
}

const exemption = {
  rule: "high-rule",
  object: { kind: "ConfigMap", namespace: "shop", name: "payment" },
  owner: "checkout",
  reason: "it is being mended",
  expires: "2026-12-01",
};

test("each finding has the line of its object, also where two objects have one name", () => {
  const lines = checked({}, [low]).findings.map(
    ({ at, object }) => `${at?.file}:${at?.line} ${object?.name}`,
  );
  expect(lines).toEqual(["a.yaml:7 order", "a.yaml:14 payment"]);
});

test("what could not be read is told beside what was judged", () => {
  const { objects, problems } = checked();
  expect(objects).toBe(3);
  expect(problems).toMatchObject([{ at: { file: "a.yaml", line: 16 } }]);
});

describe("passes", () => {
  test.each<[string, boolean, Partial<Settings>]>([
    ["not where a mandatory rule is broken", false, {}],
    ["where the rules are advisory", true, { level: "advisory" }],
    ["where they are disabled", true, { levels: { "low-rule": "disabled", "high-rule": "disabled" } }],
    [
      "not where one of two objects is exempted",
      false,
      { levels: { "low-rule": "disabled" }, exemptions: [exemption] },
    ],
  ])("%s", (_, expected, settings) => {
    expect(passes(checked(settings))).toBe(expected);
  });
});

test("a disabled rule is not counted among those that judge", () => {
  expect([checked().rules, checked({ levels: { "low-rule": "disabled" } }).rules]).toEqual([2, 1]);
});

test("a person sees the objects in their order, the worst of each first, and what follows from it", () => {
  const found = checked({ levels: { "low-rule": "advisory" }, exemptions: [exemption] });
  expect(checkText("a.yaml", found, { colour: false })).toBe(`\
a.yaml: 3 objects, 2 rules: 1 mandatory, 2 advisory, 1 exempted; 1 more could not be judged

ConfigMap shop/order  a.yaml:7
  high      high-rule
            data is missing; add it
  low       low-rule, advisory
            data is missing; add it

ConfigMap shop/payment  a.yaml:14
  high      high-rule, exempted
            data is missing; add it
            until 2026-12-01, says checkout: it is being mended
  low       low-rule, advisory
            data is missing; add it

why, and what passes: pressurevalve policy explain high-rule
`);
});

test("a rule that is broken itself is told, and fails", () => {
  const found = checked({}, [{ ...low, validations: [{ expression: "objekt", messageExpression: `""` }] }]);
  expect(passes(found)).toBe(false);
  expect(checkText("a.yaml", found, { colour: false })).toMatch(
    /^rules that cannot judge\n {2}low {7}low-rule\n {12}the rule is broken: /m,
  );
});

test("where nothing is found it is one line, without colours for a pipe and with them for a terminal", () => {
  const found = checked({ levels: { "high-rule": "disabled" } }, [rule("low-rule", "low", "true"), high]);
  expect(checkText("a.yaml", found, { colour: false })).toBe(
    "a.yaml: 3 objects, 1 rule: nothing to mend; 1 more could not be judged\n",
  );
  expect(checkText("a.yaml", found, { colour: true })).toContain("\u001b[1m");
});

test("an exemption whose last day has gone by fails the check, whether anything needs it or not", () => {
  const unneeded = { ...exemption, object: { ...exemption.object, name: "gone" } };
  const found = checked({ level: "advisory", today: "2026-12-02", exemptions: [unneeded] });
  expect(passes(found)).toBe(false);
  const text = checkText("a.yaml", found, { colour: false });
  expect(text).toMatch(
    /^a\.yaml: 3 objects, 2 rules: 4 advisory, 1 exemption expired; 1 more could not be judged\n/,
  );
  expect(text).toContain(
    "high-rule: the exemption of ConfigMap shop/gone expired on 2026-12-01; checkout mends",
  );
  expect(passes(checked({ level: "advisory", exemptions: [unneeded] }))).toBe(true);
});

describe("whatever strangers write, a terminal shows it in one line, and moves no cursor", () => {
  const signs = fc.constantFrom(
    "\u001b[2K",
    "\u009b",
    "\n::error::",
    "\r",
    "\u0000",
    "\u202e",
    "\u2028",
    "é",
    "🧗",
  );
  const words = fc.array(fc.oneof(signs, fc.string()), { minLength: 1 }).map((pieces) => pieces.join(""));
  const unfit = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

  test("what was found", () => {
    const [finding] = checked({ exemptions: [exemption] }).findings;
    const text = (stranger: string) => {
      const object = { kind: stranger, namespace: stranger, name: stranger };
      const exempted = { ...exemption, owner: stranger, reason: stranger };
      const told = { ...finding, object, message: stranger, exemption: exempted, at: { file: stranger } };
      const found = { objects: 1, rules: 1, findings: [told as never], expired: [exempted], problems: [] };
      return checkText(stranger, found, { colour: false }).split("\n");
    };
    const { length } = text("x");
    fc.assert(
      fc.property(words, (stranger) => {
        expect(text(stranger)).toHaveLength(length);
        expect(text(stranger).filter((line) => unfit.test(line))).toEqual([]);
      }),
    );
  });

  test("what could not be read", () => {
    fc.assert(
      fc.property(words, (stranger) => {
        expect(describeProblem({ at: { file: stranger }, message: stranger })).not.toMatch(unfit);
      }),
    );
  });
});
