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
