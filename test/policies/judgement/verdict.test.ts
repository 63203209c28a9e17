import { expect, test } from "@jest/globals";
import type { KubernetesObject } from "../../../policies/judgement/judge.ts";
import { failures, type Settings, verdict } from "../../../policies/judgement/verdict.ts";
import type { Rule } from "../../../policies/rule.ts";

function rule(id: string, expression: string): Rule {
  return {
    id,
    title: "",
    reason: "",
    severity: "high",
    remedy: "",
    references: [],
    matchConstraints: [{ apiGroup: "apps", kinds: ["Deployment"] }],
    validations: [{ expression, messageExpression: `"broken"` }],
    examples: { pass: [""], fail: [""] },
  };
}

const always = rule("always", "false");
const never = rule("never", "true");

function deployment(name: string, namespace = "order"): KubernetesObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } };
}

const exemption = {
  rule: "always",
  object: { kind: "Deployment", namespace: "order", name: "order" },
  owner: "checkout",
  reason: "it is being mended",
  expires: "2026-11-21",
};

function judged(settings: Partial<Settings>, objects = [deployment("order")]) {
  return verdict([always, never], objects, { level: "mandatory", today: "2026-11-21", ...settings });
}

test("what breaks a mandatory rule keeps the objects from being applied", () => {
  expect(failures(judged({}))).toMatchObject([{ rule: "always", severity: "high", level: "mandatory" }]);
});

test("what breaks an advisory rule is told, and keeps nothing", () => {
  const advice = judged({ level: "advisory" });
  expect(advice.findings).toMatchObject([{ rule: "always", level: "advisory" }]);
  expect(failures(advice)).toEqual([]);
});

test("a rule has a level of its own where one is named", () => {
  expect(failures(judged({ level: "advisory", levels: { always: "mandatory" } }))).toHaveLength(1);
  expect(judged({ levels: { always: "disabled" } }).findings).toEqual([]);
});

test("an exemption counts up to and with its last day, and the finding says why nothing follows", () => {
  const exempted = judged({ exemptions: [exemption] });
  expect(exempted.findings).toMatchObject([{ rule: "always", exemption }]);
  expect(failures(exempted)).toEqual([]);
  const late = judged({ exemptions: [exemption], today: "2026-11-22" });
  expect(failures(late)).toHaveLength(1);
  expect(late.expired).toEqual([exemption]);
});

test.each([
  ["another name", deployment("payment")],
  ["another namespace", deployment("order", "payment")],
])("an exemption is for one object: not for %s", (_, other) => {
  const found = judged({ exemptions: [exemption] }, [other]);
  expect(failures(found)).toHaveLength(1);
  expect(found.unused).toEqual([exemption]);
});

test("an exemption from a rule that nothing breaks is unused", () => {
  const spare = { ...exemption, rule: "never" };
  expect(judged({ exemptions: [spare] }).unused).toEqual([spare]);
});

test("what could not be judged is a failure, whatever the level", () => {
  const stranger = { metadata: { name: "order" } } as unknown as KubernetesObject;
  expect(failures(judged({ level: "advisory" }, [stranger]))).toMatchObject([{ rule: "kind" }]);
});

test("a rule that is broken itself is a failure where it is mandatory", () => {
  const broken = verdict([rule("odd", "object.")], [], { level: "mandatory", today: "2026-11-21" });
  expect(failures(broken)).toMatchObject([{ rule: "odd" }]);
});
