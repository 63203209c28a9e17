import { describe, expect, test } from "@jest/globals";
import type { Environment, Policies } from "../../../constructs/index.ts";
import { environment, order, problems } from "../example.ts";

function wrong(policies: Partial<Policies>): string[] {
  return problems([order()], {
    ...environment,
    policies: { level: "mandatory", ...policies },
  } as Environment);
}

describe("an allowed registry", () => {
  test.each(["registry.example/", "localhost:5000/", "registry.example/shop/order_v2/"])("%s", (registry) => {
    expect(wrong({ parameters: { registries: [registry] } })).toEqual([]);
  });

  test.each([
    ["is no part of another's name", "registry.example"],
    ["is one, and not another that a comma parts from it", "registry.example/,"],
    ["is not whatever there is", "/"],
    ["is not empty", ""],
    ["has no blank around it", "registry.example/ "],
  ])("%s", (_, registry) => {
    expect(wrong({ parameters: { registries: [registry] } })).toEqual([
      expect.stringMatching(
        /^environment dev: policies\.parameters\.registries\[0\] is .*, but must be a registry, or a part of one, and end with \/; write for example registry\.example\/shop\/$/,
      ),
    ]);
  });
});

describe("an exempted object", () => {
  const exempted = (object: object) =>
    wrong({
      exemptions: [
        {
          rule: "backups",
          object: { kind: "Deployment", namespace: "order", name: "order", ...object },
          owner: "checkout",
          reason: "it is being mended",
          expires: "2999-01-01",
        },
      ],
    });

  test.each([
    { kind: "HTTPRoute" },
    { name: "order.v2-1" },
    { kind: "ClusterRole", name: "system:node" },
  ])("is named as Kubernetes lets it be: %j", (object) => {
    expect(exempted(object)).toEqual([]);
  });

  test.each<[string, string]>([
    ["kind", "Deployment/a"],
    ["kind", "deployment"],
    ["namespace", "Order"],
    ["namespace", "order/b"],
    ["namespace", ""],
    ["name", "order\nDeployment/order/payment"],
    ["name", "order\n"],
    ["name", "order/b"],
    ["name", "migrate-…"],
    ["name", ""],
  ])("is one, and no more: not where its %s is %j", (field, value) => {
    expect(exempted({ [field]: value })).toEqual([
      expect.stringMatching(
        new RegExp(`^environment dev: policies\\.exemptions\\[0\\]\\.object\\.${field} is .*, but must be `),
      ),
    ]);
  });
});
