import { expect, test } from "@jest/globals";
import { patience } from "../../../../stacks/delivery/pulumi/patience.ts";

function seconds(kind: string, spec: object): number {
  return patience({ apiVersion: "v1", kind, metadata: { name: "order" }, spec }) / 1000;
}

test("a workload has its own deadline and a minute for its controller to report that it has passed", () => {
  expect(seconds("Deployment", { progressDeadlineSeconds: 90 })).toBe(150);
  expect(seconds("Job", { activeDeadlineSeconds: 120 })).toBe(180);
});

test("a Rollout that waits for its automatic promotion is not stalled", () => {
  const strategy = { blueGreen: { autoPromotionEnabled: true, autoPromotionSeconds: 1800 } };
  expect(seconds("Rollout", { progressDeadlineSeconds: 90, strategy })).toBe(90 + 1800 + 60);
});

test("a StatefulSet, which knows no deadline, has five minutes", () => {
  expect(seconds("StatefulSet", { replicas: 1 })).toBe(360);
});
