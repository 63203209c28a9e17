import type { Rule } from "../rule.ts";

export const autoscalerMinimum: Rule = {
  id: "autoscaler-minimum",
  title: "An autoscaler keeps at least as many pods as the environment demands.",
  reason: "With one pod every roll-out of a node is an outage.",
  severity: "medium",
  remedy: "Raise minReplicas; the parameter minReplicas says to what, 1 when it is left out.",
  references: [
    {
      title: "Kubernetes, Horizontal Pod Autoscaling",
      url: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
    },
  ],
  matchConstraints: [{ apiGroup: "autoscaling", kinds: ["HorizontalPodAutoscaler"] }],
  validations: [
    {
      expression: `object.spec.?minReplicas.orValue(1) >= int(params.?data.?minReplicas.orValue("1"))`,
      messageExpression: `"spec.minReplicas is " + string(object.spec.?minReplicas.orValue(1))
        + ", and the environment demands " + params.?data.?minReplicas.orValue("1") + "; raise it"`,
    },
  ],
  examples: {
    parameters: { minReplicas: "2" },
    pass: [
      `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { minReplicas: 2, maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
`,
    ],
    fail: [
      `
# expect: spec.minReplicas is 1, and the environment demands 2; raise it
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
`,
    ],
  },
};
