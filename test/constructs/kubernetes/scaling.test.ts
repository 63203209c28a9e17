import { expect, test } from "@jest/globals";
import { find, names, order, rendered } from "../example.ts";

const autoscaled = { kind: "autoscaled", min: 3, max: 60, cpu: 0.65 };

test.each([
  ["rolling", "apps/v1", "Deployment"],
  ["blue-green", "argoproj.io/v1alpha1", "Rollout"],
])("an autoscaled %s service renders no replica count", (kind, apiVersion, workload) => {
  const service = rendered(order({ scaling: autoscaled, rollout: { kind } }));
  expect(find(service, workload).spec).not.toHaveProperty("replicas");
  expect(find(service, "HorizontalPodAutoscaler").spec).toMatchObject({
    scaleTargetRef: { apiVersion, kind: workload, name: "order" },
    minReplicas: 3,
    maxReplicas: 60,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 65 } },
      },
    ],
  });
});

test("a fixed service renders its replica count and no autoscaler", () => {
  const service = rendered(order({ scaling: { kind: "fixed", replicas: 4 } }));
  expect(find(service, "Deployment").spec.replicas).toBe(4);
  expect(names(service, "HorizontalPodAutoscaler")).toEqual([]);
});

test("scaling goes up at once and down after the environment's time", () => {
  const { behavior } = find(rendered(order({ scaling: autoscaled })), "HorizontalPodAutoscaler").spec;
  expect(behavior.scaleUp.stabilizationWindowSeconds).toBe(0);
  expect(behavior.scaleDown.stabilizationWindowSeconds).toBe(30);
});
