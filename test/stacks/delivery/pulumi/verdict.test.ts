import { describe, expect, test } from "@jest/globals";
import { judge, type WorkloadStatus } from "../../../../stacks/delivery/pulumi/verdict.ts";

/** A blue-green Rollout of Argo Rollouts 1.10 in its second generation. */
function rollout(status: NonNullable<WorkloadStatus["status"]>, blueGreen = {}): WorkloadStatus {
  return { kind: "Rollout", metadata: { generation: 2 }, spec: { strategy: { blueGreen } }, status };
}

function deployment(
  status: NonNullable<WorkloadStatus["status"]>,
  spec: NonNullable<WorkloadStatus["spec"]> = { replicas: 2 },
): WorkloadStatus {
  return { kind: "Deployment", metadata: { generation: 2 }, spec, status };
}

const timedOut = {
  type: "Progressing",
  status: "False",
  reason: "ProgressDeadlineExceeded",
  message: 'ReplicaSet "order-7d9" has timed out progressing.',
};

describe("a Rollout", () => {
  test("is ready when its controller calls this generation healthy", () => {
    expect(judge(rollout({ observedGeneration: "2", phase: "Healthy" }))).toEqual({ kind: "ready" });
  });

  test("is not ready by the health of the generation before", () => {
    expect(judge(rollout({ observedGeneration: "1", phase: "Healthy" }))).toEqual({
      kind: "pending",
      message: "generation 2 not observed yet by its controller (status is of 1)",
    });
  });

  test("has not failed by the failure of the generation before", () => {
    expect(
      judge(rollout({ observedGeneration: "1", phase: "Degraded", message: "RolloutAborted" })).kind,
    ).toBe("pending");
  });

  test("is judged by what was written, though an autoscaler has written once more", () => {
    const scaled = {
      ...rollout({ observedGeneration: "10", phase: "Healthy" }),
      metadata: { generation: 11 },
    };
    expect(judge(scaled, 10)).toEqual({ kind: "ready" });
    expect(judge({ ...scaled, status: { observedGeneration: "9", phase: "Healthy" } }, 10).kind).toBe(
      "pending",
    );
  });

  test("is pending before its controller has seen it", () => {
    expect(judge({ kind: "Rollout", metadata: { generation: 1 } }).kind).toBe("pending");
  });

  test("is pending while its pods become available", () => {
    const status = {
      observedGeneration: "2",
      phase: "Progressing",
      message: "active service cutover pending",
    };
    expect(judge(rollout(status))).toEqual({
      kind: "pending",
      message: "Progressing: active service cutover pending",
    });
  });

  test("has failed when it is aborted, in the controller's words", () => {
    const message =
      'RolloutAborted: Rollout aborted update to revision 2: Metric "request-1" assessed Failed due to failed (1) > failureLimit (0)';
    expect(judge(rollout({ observedGeneration: "2", phase: "Degraded", message }))).toEqual({
      kind: "failed",
      message: `Degraded: ${message}`,
    });
  });

  test("that was aborted says the way out, for the same version is never tried again by itself", () => {
    const status = { observedGeneration: "2", phase: "Degraded", message: "RolloutAborted", abort: true };
    const aborted = {
      ...rollout(status),
      metadata: { generation: 2, name: "order", namespace: "dev-order" },
    };
    expect(judge(aborted)).toEqual({
      kind: "failed",
      message:
        "Degraded: RolloutAborted; deploy a good version, or try the same one again: " +
        "kubectl argo rollouts retry rollout order -n dev-order",
    });
  });

  test("is pending while it pauses before an automatic promotion", () => {
    const status = { observedGeneration: "2", phase: "Paused", message: "BlueGreenPause" };
    expect(judge(rollout(status, { autoPromotionEnabled: true, autoPromotionSeconds: 5 })).kind).toBe(
      "pending",
    );
  });

  test("is ready when only a person's promotion is left to do", () => {
    const status = { observedGeneration: "2", phase: "Paused", message: "BlueGreenPause" };
    expect(judge(rollout(status, { autoPromotionEnabled: false })).kind).toBe("ready");
  });

  test("is pending while the smoke test before a person's promotion runs", () => {
    const running = { prePromotionAnalysisRunStatus: { status: "Running" } };
    const status = { observedGeneration: "2", phase: "Paused", blueGreen: running };
    expect(judge(rollout(status, { autoPromotionEnabled: false, prePromotionAnalysis: {} })).kind).toBe(
      "pending",
    );
  });
});

describe("a Deployment", () => {
  const complete = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

  test("is ready when every pod is of this generation and available", () => {
    expect(judge(deployment(complete))).toEqual({ kind: "ready" });
  });

  test("is not ready by the pods of the generation before", () => {
    expect(judge(deployment({ ...complete, observedGeneration: 1 })).kind).toBe("pending");
  });

  test("is pending while old pods are left", () => {
    expect(judge(deployment({ ...complete, replicas: 3 }))).toEqual({
      kind: "pending",
      message: "2 of 2 pods updated, 2 available, 1 old",
    });
  });

  test("is pending while a pod is not available, even when the field is absent", () => {
    const { availableReplicas, ...rest } = complete;
    expect(availableReplicas).toBe(2);
    expect(judge(deployment(rest)).kind).toBe("pending");
  });

  test("wants one pod where no replicas are written", () => {
    const one = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
    expect(judge(deployment(one, {})).kind).toBe("ready");
  });

  test("has failed when its progress deadline has passed", () => {
    expect(judge(deployment({ ...complete, availableReplicas: 1, conditions: [timedOut] }))).toEqual({
      kind: "failed",
      message: 'ProgressDeadlineExceeded: ReplicaSet "order-7d9" has timed out progressing.',
    });
  });

  test("has not failed by a deadline that the generation before missed", () => {
    const status = { ...complete, observedGeneration: 1, conditions: [timedOut] };
    expect(judge(deployment(status)).kind).toBe("pending");
  });
});

describe("a StatefulSet", () => {
  const set = (status: NonNullable<WorkloadStatus["status"]>) =>
    judge({ kind: "StatefulSet", metadata: { generation: 2 }, spec: { replicas: 1 }, status });
  const complete = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

  test("is ready when every pod is of this generation and available", () => {
    expect(set(complete)).toEqual({ kind: "ready" });
  });

  test("is pending while its old pod still serves, and while the new one does not yet", () => {
    expect(set({ ...complete, observedGeneration: 1 }).kind).toBe("pending");
    expect(set({ ...complete, updatedReplicas: 0 }).kind).toBe("pending");
    expect(set({ ...complete, availableReplicas: 0 })).toEqual({
      kind: "pending",
      message: "1 of 1 pods updated, 0 available",
    });
  });
});

describe("a Job", () => {
  const job = (conditions: { type: string; status: string; reason?: string; message?: string }[]) =>
    judge({ kind: "Job", metadata: { generation: 1 }, status: { active: 0, failed: 1, conditions } });

  test("is ready when it is complete", () => {
    expect(
      job([
        { type: "SuccessCriteriaMet", status: "True" },
        { type: "Complete", status: "True" },
      ]),
    ).toEqual({ kind: "ready" });
  });

  test("has failed when it has used up its tries or its time", () => {
    const failed = {
      type: "Failed",
      status: "True",
      reason: "DeadlineExceeded",
      message: "Job was active longer than specified deadline",
    };
    expect(job([{ type: "FailureTarget", status: "True" }, failed])).toEqual({
      kind: "failed",
      message: "DeadlineExceeded: Job was active longer than specified deadline",
    });
  });

  test("is pending while it may try again", () => {
    expect(job([])).toEqual({ kind: "pending", message: "pods at work: 0, failed: 1" });
  });
});
