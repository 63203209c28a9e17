import type { Match } from "./rule.ts";

/** The kinds that keep a number of equal pods and that an autoscaler can target. */
export const scaledKinds: readonly Match[] = [
  { apiGroup: "apps", kinds: ["Deployment", "StatefulSet"] },
  { apiGroup: "argoproj.io", kinds: ["Rollout"] },
];

/** A CEL condition: `o` is one of those workloads. */
export const isScaled = `(
  (o.apiVersion.startsWith("apps/") && o.kind in ["Deployment", "StatefulSet"])
  || (o.apiVersion.startsWith("argoproj.io/") && o.kind == "Rollout"))`;

/**
 * The autoscalers that target a workload, which is `object` or a neighbour, a CEL list: every
 * HorizontalPodAutoscaler and KEDA ScaledObject whose scaleTargetRef names it, in whatever version of its group.
 */
export function autoscalersOf(workload: string): string {
  return `neighbours.filter(a,
    ((a.kind == "HorizontalPodAutoscaler" && a.apiVersion.startsWith("autoscaling/"))
      || (a.kind == "ScaledObject" && a.apiVersion.startsWith("keda.sh/")))
    && a.spec.scaleTargetRef.name == ${workload}.metadata.name
    && a.spec.scaleTargetRef.?kind.orValue("Deployment") == ${workload}.kind
    && a.spec.scaleTargetRef.?apiVersion.orValue("apps/v1").split("/")[0] == ${workload}.apiVersion.split("/")[0])`;
}

/**
 * The number of pods that a workload always has, a CEL int: its autoscaler's minimum, else its replicas.
 * At least 1: below that there is nothing to evict.
 */
export function floorOf(workload: string): string {
  return `(${autoscalersOf(workload)}.map(a, a.spec.?minReplicas.or(a.spec.?minReplicaCount).orValue(1))
    + [${workload}.spec.?replicas.orValue(1)]).map(n, n < 1 ? 1 : n)[0]`;
}
