import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { Rule } from "../../../../policies/rule.ts";
import { rules } from "../../../../policies/rules/index.ts";
import { settingsType } from "../../../../policies/stack-settings.ts";
import { Policies } from "../../../../stacks/delivery/pulumi/policies.ts";

const registered: { type: string; name: string; inputs: unknown }[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: "", state: inputs };
    },
    call: () => ({}),
  }),
);

afterAll(() => pulumi.runtime.disconnect());

test("a stack says by what it is judged, also by which rules of the shop's own, and not on which day, which would make it change daily", async () => {
  const settings = {
    level: "advisory",
    levels: { backups: "disabled" },
    parameters: { minReplicas: "2" },
  } as const;
  const decides = {
    id: "cost-centre",
    title: "Every namespace says who pays for it.",
    severity: "low",
    remedy: "Label the namespace.",
    matchConstraints: [{ apiGroup: "", kinds: ["Namespace"] }],
    validations: [{ expression: "false", messageExpression: '"no"' }],
  } as const;
  const own: Rule = { ...decides, reason: "", references: [], examples: { pass: [""], fail: [""] } };
  new Policies("dev", { ...settings, exemptions: [], today: "2026-11-21" }, [...rules, own]);
  await pulumi.runtime.disconnect();
  expect(registered).toEqual([
    { type: settingsType, name: "dev", inputs: { ...settings, exemptions: [], rules: [decides] } },
  ]);
});
