import type { Match, Variable } from "../rule.ts";

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
    && ${targetGroup("a")} == ${workload}.apiVersion.split("/")[0])`;
}

/** The API group of what an autoscaler targets, a CEL string. One that is empty is none: the API server drops the field. */
export function targetGroup(autoscaler: string): string {
  const apiVersion = `${autoscaler}.spec.scaleTargetRef.?apiVersion.orValue("")`;
  return `(${apiVersion} == "" ? "apps" : ${apiVersion}.split("/")[0])`;
}

/**
 * The number of pods that a workload always has, a CEL int: its autoscaler's minimum, else its replicas.
 * At least 1: below that there is nothing to evict.
 */
export function floorOf(workload: string): string {
  return `(${autoscalersOf(workload)}.map(a, a.spec.?minReplicas.or(a.spec.?minReplicaCount).orValue(1))
    + [${workload}.spec.?replicas.orValue(1)]).map(n, n < 1 ? 1 : n)[0]`;
}

/**
 * The pod template of a workload, which is `object` or a neighbour, a CEL list: none or one. A Rollout with a
 * workloadRef has that of the Deployment that it names.
 * https://argo-rollouts.readthedocs.io/en/stable/migrating/#reference-deployment-from-rollout
 */
export function templateOf(workload: string): string {
  return `(${workload}.?spec.?template.hasValue() ? [${workload}.spec.template] : neighbours.filter(d,
    d.kind == ${workload}.?spec.?workloadRef.?kind.orValue("") && d.metadata.name == ${workload}.spec.workloadRef.name
    && d.?spec.?template.hasValue()).map(d, d.spec.template))`;
}

/** `variables.referenced`: the Deployments whose pods a Rollout makes in their stead, such as `Deployment order`. */
export const referenced: Variable = {
  name: "referenced",
  expression: `neighbours.filter(r, r.kind == "Rollout" && r.?spec.?workloadRef.hasValue())
    .map(r, r.spec.workloadRef.?kind.orValue("") + " " + r.spec.workloadRef.?name.orValue(""))`,
};

/** A CEL condition: the pods of a workload are not another's. */
export function hasPods(workload: string): string {
  return `!(${workload}.kind + " " + ${workload}.metadata.name in variables.referenced)`;
}
