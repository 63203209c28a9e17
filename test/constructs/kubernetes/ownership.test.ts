import { expect, test } from "@jest/globals";
import { ignoredFields } from "../../../constructs/kubernetes/ownership.ts";
import { find, order, rendered } from "../example.ts";

test("Argo Rollouts writes into a Service's selector", () => {
  const { manifests } = rendered(order({ rollout: { kind: "blue-green" } }));
  expect(ignoredFields(find({ manifests }, "Service", "order"))).toEqual(["spec.selector"]);
});

test.each([
  ["blue-green", "Rollout"],
  ["rolling", "Deployment"],
] as const)("an autoscaler writes the replicas of a %s workload, unless its size is fixed", (kind, workload) => {
  const autoscaled = rendered(order({ rollout: { kind }, scaling: { kind: "autoscaled", min: 1, max: 3 } }));
  expect(ignoredFields(find(autoscaled, workload, "order"))).toEqual(["spec.replicas"]);
  const fixed = rendered(order({ rollout: { kind }, scaling: { kind: "fixed", replicas: 2 } }));
  expect(ignoredFields(find(fixed, workload, "order"))).toEqual([]);
});

test("no other field is left to others", () => {
  const { manifests } = rendered(order({ rollout: { kind: "blue-green" } }));
  const others = manifests.filter(({ kind }) => kind !== "Service" && kind !== "Rollout");
  expect(others.flatMap(ignoredFields)).toEqual([]);
});
