import type { Rule } from "../rule.ts";
import { isScaled } from "../workloads.ts";

export const autoscalerTarget: Rule = {
  id: "autoscaler-target",
  title: "What an autoscaler targets is there.",
  reason: "An autoscaler without a target scales nothing, and nobody is told before the rush.",
  severity: "high",
  remedy: "Name a workload of the same namespace in scaleTargetRef.",
  references: [
    {
      title: "Kubernetes, Horizontal Pod Autoscaling",
      url: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    },
  ],
  matchConstraints: [
    { apiGroup: "autoscaling", kinds: ["HorizontalPodAutoscaler"] },
    { apiGroup: "keda.sh", kinds: ["ScaledObject"] },
  ],
  validations: [
    {
      expression: `neighbours.exists(o, ${isScaled} && o.metadata.name == object.spec.scaleTargetRef.name
        && o.kind == object.spec.scaleTargetRef.?kind.orValue("Deployment"))`,
      messageExpression: `"spec.scaleTargetRef names "
        + object.spec.scaleTargetRef.?kind.orValue("Deployment") + " " + object.spec.scaleTargetRef.name
        + ", which is not there; name a workload of the same namespace"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
`,
    ],
    fail: [
      `
# expect: spec.scaleTargetRef names Deployment order, which is not there; name a workload of the same namespace
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
`,
    ],
  },
};
