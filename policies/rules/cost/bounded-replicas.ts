import type { Rule, Validation } from "../../rule.ts";
import { scaledKinds } from "../workloads.ts";

/**
 * A count of pods within the bound; `otherwise` is what it is where it is left out.
 *
 * Nobody judges the subresource scale: the autoscaler itself writes to it, in the middle of a rush, and its maxReplicas
 * is already bounded. What a person sets by `kubectl scale` a ResourceQuota bounds.
 */
function bounded(field: string, otherwise = "0"): Validation {
  const count = `object.?spec.?${field}.orValue(${otherwise})`;
  return {
    expression: `${count} <= variables.allowed`,
    messageExpression: `"spec.${field.replaceAll("?", "")} is " + string(${count}) + ", and the environment allows "
      + string(variables.allowed) + "; lower it, or raise the parameter mostReplicas"`,
  };
}

export const boundedReplicas: Rule = {
  id: "bounded-replicas",
  title: "No autoscaler or workload asks for more pods than the environment allows.",
  reason: "A wrong number, or an attack, is otherwise paid until somebody looks at the bill.",
  severity: "medium",
  remedy:
    "Lower it, or raise the parameter mostReplicas, 100 when it is left out. What kubectl scale sets goes past this rule; bound it by a ResourceQuota.",
  references: [
    {
      title: "Kubernetes, Horizontal Pod Autoscaling",
      url: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    },
  ],
  matchConstraints: [
    ...scaledKinds,
    { apiGroup: "", kinds: ["ReplicationController"] },
    { apiGroup: "apps", kinds: ["ReplicaSet"] },
    { apiGroup: "batch", kinds: ["Job", "CronJob"] },
    { apiGroup: "autoscaling", kinds: ["HorizontalPodAutoscaler"] },
    { apiGroup: "keda.sh", kinds: ["ScaledObject", "ScaledJob"] },
  ],
  variables: [{ name: "allowed", expression: `int(params.?data.?mostReplicas.orValue("100"))` }],
  validations: [
    bounded("replicas", "1"),
    bounded("maxReplicas"),
    bounded("maxReplicaCount", `object.kind in ["ScaledObject", "ScaledJob"] ? 100 : 0`),
    bounded("parallelism"),
    bounded("jobTemplate.?spec.?parallelism"),
    bounded("jobTargetRef.?parallelism"),
  ],
  examples: {
    pass: [
      `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 60, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
# KEDA's own bound, where it is left out, is 100.
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: order, namespace: order }
spec: { scaleTargetRef: { name: order } }
`,
    ],
    fail: [
      `
# expect: spec.maxReplicas is 500, and the environment allows 100; lower it, or raise the parameter mostReplicas
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 500, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
# expect: spec.replicas is 101, and the environment allows 100; lower it, or raise the parameter mostReplicas
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec: { replicas: 101, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
# expect: spec.maxReplicaCount is 1000, and the environment allows 100; lower it, or raise the parameter mostReplicas
# expect: spec.jobTargetRef.parallelism is 200, and the environment allows 100; lower it, or raise the parameter mostReplicas
apiVersion: keda.sh/v1alpha1
kind: ScaledJob
metadata: { name: report, namespace: order }
spec:
  maxReplicaCount: 1000
  jobTargetRef: { parallelism: 200, template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } } }
---
# expect: spec.parallelism is 500, and the environment allows 100; lower it, or raise the parameter mostReplicas
apiVersion: batch/v1
kind: Job
metadata: { name: report, namespace: order }
spec:
  parallelism: 500
  template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } }
---
# expect: spec.jobTemplate.spec.parallelism is 500, and the environment allows 100; lower it, or raise the parameter mostReplicas
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: order }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      parallelism: 500
      template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } }
`,
    ],
  },
};
