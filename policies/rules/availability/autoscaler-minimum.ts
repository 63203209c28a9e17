import type { Rule } from "../../rule.ts";

export const autoscalerMinimum: Rule = {
  id: "autoscaler-minimum",
  title: "An autoscaler keeps at least as many pods as the environment demands.",
  reason:
    "With one pod every drain of a node is an outage, and the first to come after a quiet night wait for a pod.",
  severity: "medium",
  remedy:
    "Raise minReplicas, or KEDA's minReplicaCount; the parameter minReplicas says to what, 1 when it is left out. What may rest, rests by idleReplicaCount: 0.",
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
  variables: [{ name: "least", expression: `int(params.?data.?minReplicas.orValue("1"))` }],
  validations: [
    {
      expression: `object.kind != "HorizontalPodAutoscaler" || object.?spec.?minReplicas.orValue(1) >= variables.least`,
      messageExpression: `"spec.minReplicas is " + string(object.?spec.?minReplicas.orValue(1))
        + ", and the environment demands " + string(variables.least) + "; raise it"`,
    },
    {
      expression: `object.kind != "ScaledObject" || object.?spec.?minReplicaCount.orValue(0) >= variables.least`,
      messageExpression: `"spec.minReplicaCount is " + string(object.?spec.?minReplicaCount.orValue(0))
        + ", and the environment demands " + string(variables.least)
        + "; raise it, and set idleReplicaCount to 0 if it may rest"`,
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
---
# None while there is nothing to do, and two at once when there is.
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: notification, namespace: notification }
spec: { idleReplicaCount: 0, minReplicaCount: 2, scaleTargetRef: { name: notification } }
`,
    ],
    fail: [
      `
# expect: spec.minReplicas is 1, and the environment demands 2; raise it
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
# expect: spec.minReplicaCount is 0, and the environment demands 2; raise it, and set idleReplicaCount to 0 if it may rest
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: notification, namespace: notification }
spec: { maxReplicaCount: 9, scaleTargetRef: { name: notification } }
`,
    ],
  },
};
