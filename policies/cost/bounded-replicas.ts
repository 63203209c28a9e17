import type { Rule } from "../rule.ts";
import { scaledKinds } from "../workloads.ts";

export const boundedReplicas: Rule = {
  id: "bounded-replicas",
  title: "No autoscaler or workload asks for more pods than the environment allows.",
  reason: "A wrong number, or an attack, is otherwise paid until somebody looks at the bill.",
  severity: "medium",
  remedy: "Lower it, or raise the parameter mostReplicas, 100 when it is left out.",
  references: [
    {
      title: "Kubernetes, Horizontal Pod Autoscaling",
      url: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    },
  ],
  matchConstraints: [
    ...scaledKinds,
    { apiGroup: "autoscaling", kinds: ["HorizontalPodAutoscaler"] },
    { apiGroup: "keda.sh", kinds: ["ScaledObject"] },
  ],
  variables: [
    {
      name: "most",
      expression: `object.?spec.?maxReplicas.or(object.?spec.?maxReplicaCount).or(object.?spec.?replicas)
        .orValue(object.kind == "ScaledObject" ? 100 : 1)`,
    },
    { name: "allowed", expression: `int(params.?data.?mostReplicas.orValue("100"))` },
  ],
  validations: [
    {
      expression: `variables.most <= variables.allowed`,
      messageExpression: `"asks for " + string(variables.most) + " pods, and the environment allows "
        + string(variables.allowed) + "; lower it, or raise the parameter mostReplicas"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 60, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
`,
    ],
    fail: [
      `
# expect: asks for 500 pods, and the environment allows 100; lower it, or raise the parameter mostReplicas
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 500, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
`,
    ],
  },
};
