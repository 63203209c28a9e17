import type { V1PodSpec } from "@kubernetes/client-node";

/** What a workload's own status says about it. */
export type Verdict =
  | { kind: "pending"; message: string }
  | { kind: "ready" }
  | { kind: "failed"; message: string };

/** A Deployment, a StatefulSet, a Rollout or a Job as the API server returns it, as far as its readiness and its pods go. */
export interface WorkloadStatus {
  kind?: string;
  metadata?: { generation?: number; name?: string; namespace?: string };
  spec?: {
    replicas?: number;
    selector?: { matchLabels?: Record<string, string> };
    template?: { spec?: V1PodSpec };
    strategy?: { blueGreen?: BlueGreen };
  };
  status?: {
    /** A number for a Deployment, a string for a Rollout. */
    observedGeneration?: number | string;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    /** Pods of a Job. */
    active?: number;
    failed?: number;
    phase?: string;
    message?: string;
    /** Of a Rollout: its update was given up, by its controller or by a person. */
    abort?: boolean;
    /** Of a Rollout: the label value of the pods of the newest revision. */
    currentPodHash?: string;
    blueGreen?: { prePromotionAnalysisRunStatus?: { status?: string } };
    conditions?: readonly Condition[];
  };
}

interface BlueGreen {
  autoPromotionEnabled?: boolean;
  autoPromotionSeconds?: number;
  prePromotionAnalysis?: object;
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/**
 * Judges a workload. A status that is older than the spec says nothing, however healthy it looks: it has to be of
 * the generation that was written, or of a later one, since an autoscaler may write one more at any time.
 */
export function judge(workload: WorkloadStatus, written = workload.metadata?.generation): Verdict {
  // A Job is made once; its status knows no generations.
  if (workload.kind === "Job") return judgeJob(workload);
  const observed = workload.status?.observedGeneration;
  // Not `observed < written`: what is absent compares as false.
  if (!(Number(observed) >= Number(written))) {
    return {
      kind: "pending",
      message: `generation ${written} not observed yet by its controller (status is of ${observed ?? "none"})`,
    };
  }
  return workload.kind === "Rollout" ? judgeRollout(workload) : judgeReplicas(workload);
}

function judgeRollout(rollout: WorkloadStatus): Verdict {
  const { status = {} } = rollout;
  const message = [status.phase, status.message].filter(Boolean).join(": ");
  if (status.phase === "Healthy" || awaitsPromotion(rollout)) return { kind: "ready" };
  if (status.phase === "Degraded") return { kind: "failed", message: `${message}${wayOut(rollout)}` };
  return { kind: "pending", message };
}

/** An aborted update is over: as long as its version stays the same, nobody tries it again. */
function wayOut({ metadata = {}, status = {} }: WorkloadStatus): string {
  if (status.abort !== true) return "";
  const retry = `kubectl argo rollouts retry rollout ${metadata.name} -n ${metadata.namespace}`;
  return `; deploy a good version, or try the same one again: ${retry}`;
}

function judgeJob({ status = {} }: WorkloadStatus): Verdict {
  const end = status.conditions?.find(({ type, status }) => jobEnds.has(type) && status === "True");
  if (end?.type === "Complete") return { kind: "ready" };
  if (end?.type === "Failed") return { kind: "failed", message: `${end.reason}: ${end.message}` };
  return { kind: "pending", message: `pods at work: ${status.active ?? 0}, failed: ${status.failed ?? 0}` };
}

const jobEnds: ReadonlySet<string> = new Set(["Complete", "Failed"]);

/** Where a person promotes, a deployment has done its part once the green pods stand tested beside the blue ones. */
function awaitsPromotion({ spec = {}, status = {} }: WorkloadStatus): boolean {
  const { autoPromotionEnabled, prePromotionAnalysis } = spec.strategy?.blueGreen ?? {};
  const tested = status.blueGreen?.prePromotionAnalysisRunStatus?.status === "Successful";
  return (
    status.phase === "Paused" &&
    autoPromotionEnabled === false &&
    (tested || prePromotionAnalysis === undefined)
  );
}

/** A Deployment or a StatefulSet, which never gives up by itself. */
function judgeReplicas({ spec = {}, status = {} }: WorkloadStatus): Verdict {
  const progressing = status.conditions?.find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return { kind: "failed", message: `${progressing.reason}: ${progressing.message}` };
  }
  const { replicas: desired = 1 } = spec;
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status;
  if (updated >= desired && replicas <= updated && available >= updated) return { kind: "ready" };
  const old = replicas - updated;
  return {
    kind: "pending",
    message: `${updated} of ${desired} pods updated, ${available} available${old > 0 ? `, ${old} old` : ""}`,
  };
}
