import { expect, test } from "@jest/globals";
import type { V1Pod } from "@kubernetes/client-node";
import { complaint, isReady, isReadySince, isStale } from "../../../tools/cluster/pods.ts";

const started = new Date("2026-11-20T08:00:00.700Z");

test("a pod whose containers run since the start is ready", () => {
  expect(isReadySince(ready("2026-11-20T08:00:05Z"), started)).toBe(true);
});

test("a container that started within the second of the start counts, as Kubernetes knows no fractions", () => {
  expect(isReadySince(ready("2026-11-20T08:00:00Z"), started)).toBe(true);
});

test("a pod on its way out is not ready, whatever it says", () => {
  const pod = ready("2026-11-20T08:00:05Z");
  expect(isReady(pod)).toBe(true);
  expect(isReady({ ...pod, metadata: { deletionTimestamp: started } })).toBe(false);
});

test("what was true before the start is not taken for true", () => {
  const pod = ready("2026-11-20T07:00:00Z");
  expect(isReadySince(pod, started)).toBe(false);
  expect(isStale(pod, started)).toBe(true);
});

test("a pod that says itself that it is not ready is not stale, so a crashing one holds nothing up", () => {
  expect(isStale({ status: { conditions: [{ type: "Ready", status: "False" }] } }, started)).toBe(false);
});

test("an unready pod is complained of in Kubernetes' own words", () => {
  const waiting = { reason: "ErrImagePull", message: "no such image" };
  const pod = {
    metadata: { namespace: "kube-system", name: "coredns-1" },
    status: { containerStatuses: [{ ...container, ready: false, state: { waiting } }] },
  };
  expect(complaint(pod)).toBe("kube-system/coredns-1: ErrImagePull: no such image");
});

const container = { name: "main", image: "", imageID: "", restartCount: 0 };

function ready(startedAt: string): V1Pod {
  const state = { running: { startedAt: new Date(startedAt) } };
  return {
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ ...container, ready: true, state }],
    },
  };
}
