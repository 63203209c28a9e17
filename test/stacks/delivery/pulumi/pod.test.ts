import { expect, test } from "@jest/globals";
import { CoreV1Event, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import {
  isFailing,
  loggingContainers,
  podTroubles,
  warnings,
} from "../../../../stacks/delivery/pulumi/pod.ts";

function pod(...containers: Partial<V1ContainerStatus>[]): V1Pod {
  const containerStatuses = containers.map((container) => ({
    name: "order",
    image: "order",
    imageID: "",
    ready: false,
    restartCount: 0,
    ...container,
  }));
  return { status: { conditions: [{ type: "Ready", status: "False" }], containerStatuses } };
}

const pulling = pod({
  state: { waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "order:nowhere"' } },
});
const crashing = pod({
  restartCount: 3,
  state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s restarting failed container" } },
  lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
});
const unready = pod({ state: { running: {} } });

test("a pod that is not ready fails, one that is ready, done or on its way out does not", () => {
  expect(isFailing(pulling)).toBe(true);
  expect(isFailing({ status: { conditions: [{ type: "Ready", status: "True" }] } })).toBe(false);
  expect(isFailing({ status: { phase: "Succeeded" } })).toBe(false);
  expect(isFailing({ ...pulling, metadata: { deletionTimestamp: new Date() } })).toBe(false);
});

test("an image that cannot be pulled is named", () => {
  expect(podTroubles(pulling)).toEqual([
    'container order waiting: ImagePullBackOff: Back-off pulling image "order:nowhere"',
  ]);
});

test("a crash loop tells how the run before ended", () => {
  expect(podTroubles(crashing)).toEqual([
    "container order waiting: CrashLoopBackOff: back-off 40s restarting failed container",
    "container order before that terminated: OOMKilled, exit code 137, 3 restarts",
  ]);
});

test("a container that runs and does not get ready says so", () => {
  expect(podTroubles(unready)).toEqual(["container order running, not ready"]);
});

test("a pod that finds no node says why", () => {
  const message = "0/1 nodes are available: 1 Insufficient cpu.";
  const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
  expect(podTroubles({ status: { conditions } })).toEqual([`Unschedulable: ${message}`]);
});

test("init containers that are done are no trouble", () => {
  const done = pod({ state: { terminated: { exitCode: 0, reason: "Completed" } } });
  expect(podTroubles(done)).toEqual([]);
  expect(loggingContainers(done)).toEqual([]);
});

test("logs are read of containers that have run", () => {
  const names = (of: V1Pod) => loggingContainers(of).map(({ name }) => name);
  expect(names(crashing)).toEqual(["order"]);
  expect(names(unready)).toEqual(["order"]);
  expect(names(pulling)).toEqual([]);
});

test("of a pod's events the last warning of each kind is told", () => {
  const event = (type: string, reason: string, message: string, second: number) =>
    Object.assign(new CoreV1Event(), {
      type,
      reason,
      message,
      metadata: {},
      lastTimestamp: new Date(second * 1000),
    });
  const events = [
    event("Warning", "Unhealthy", "Readiness probe failed: statuscode: 503", 2),
    event("Warning", "Unhealthy", "Readiness probe failed: connection refused", 1),
    event("Warning", "Unhealthy", "Liveness probe failed: connection refused", 1),
    event("Normal", "Pulled", "Container image already present", 3),
  ];
  expect(warnings(events)).toEqual([
    "Unhealthy: Readiness probe failed: statuscode: 503",
    "Unhealthy: Liveness probe failed: connection refused",
  ]);
});
