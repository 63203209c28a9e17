import { expect, test } from "@jest/globals";
import { ignoredFields } from "../../../constructs/kubernetes/ownership.ts";
import { find, order, rendered } from "../example.ts";

test("Argo Rollouts writes into a Service's selector; no other field is left to others", () => {
  const { manifests } = rendered(order({ rollout: { kind: "blue-green" } }));
  expect(ignoredFields(find({ manifests }, "Service", "order"))).toEqual(["spec.selector"]);
  const others = manifests.filter(({ kind }) => kind !== "Service");
  expect(others.flatMap(ignoredFields)).toEqual([]);
});
