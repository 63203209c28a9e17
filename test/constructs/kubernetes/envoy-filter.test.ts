import { expect, test } from "@jest/globals";
import { ApiReference, call, render, resolve } from "../../../constructs/index.ts";
import { find, meshed, order, other } from "../example.ts";

test("analysis of the mesh is told that an EnvoyFilter is meant, so that its other messages are seen", () => {
  const shop = [order({ calls: () => [call(new ApiReference("inventory"))] }), other("inventory")];
  const [caller] = render(resolve(shop, meshed));
  const { annotations } = find(caller as never, "EnvoyFilter", "to-inventory").metadata;
  expect(annotations).toEqual({
    "argocd.argoproj.io/sync-wave": "1",
    "galley.istio.io/analyze-suppress": "IST0133",
  });
});
