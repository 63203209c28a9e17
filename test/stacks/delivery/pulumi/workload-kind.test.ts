import { expect, test } from "@jest/globals";
import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { changedKind } from "../../../../stacks/delivery/pulumi/workload-kind.ts";

const ours = { metadata: { labels: { "app.kubernetes.io/managed-by": "pressurevalve" } } };

function workload(kind: string): Manifest {
  return { apiVersion: "v1", kind, metadata: { name: "order", namespace: "dev-order" } };
}

test("a Rollout beside our own Deployment is refused, with the way to change over", () => {
  expect(changedKind(workload("Rollout"), ours)).toEqual([
    "order: it runs as a Deployment, and its rollout makes it a Rollout; one cannot take over from the other without " +
      "a break, so leave rollout.kind as it was, or take the old one away first, with order down until the new one is " +
      "ready: kubectl delete deployment order -n dev-order && npx pulumi refresh --yes && npx pulumi up",
  ]);
});

test("a Deployment beside our own Rollout is refused as well", () => {
  expect(changedKind(workload("Deployment"), ours).join()).toContain(
    "kubectl delete rollouts.argoproj.io order -n dev-order",
  );
});

test("nothing is refused where there is no other, or it is somebody else's", () => {
  expect(changedKind(workload("Rollout"), undefined)).toEqual([]);
  expect(changedKind(workload("Deployment"), { metadata: { labels: {} } })).toEqual([]);
});
