import type { Rule } from "../../rule.ts";
import { autoscalersOf } from "../workloads.ts";

/** A workload that an autoscaler targets has no replica count of its own. */
export const noReplicasUnderAutoscaler: Rule = {
  id: "no-replicas-under-autoscaler",
  title: "A workload that an autoscaler targets has no replica count of its own.",
  reason: "Each deployment would set the count back, in the middle of a rush as well.",
  severity: "medium",
  remedy: "Leave spec.replicas out where an autoscaler sets it.",
  references: [
    {
      title: "Kubernetes, Migrating Deployments and StatefulSets to horizontal autoscaling",
      url: "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
    },
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "ReplicaSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [{ name: "autoscalers", expression: autoscalersOf("object") }],
  validations: [
    {
      expression: "variables.autoscalers.size() == 0 || !object.?spec.?replicas.hasValue()",
      messageExpression: `"spec.replicas is " + string(object.spec.replicas) + ", but "
        + variables.autoscalers.map(a, a.kind + " " + a.metadata.name).join(", ")
        + " sets the number of pods; leave spec.replicas out"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec: { replicas }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec:
  maxReplicas: 60
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order }
---
# The autoscaler of another kind, and of another namespace.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec: { replicas: 2 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: payment }
spec: { replicas: 2 }
`,
    ],
    fail: [
      `
# expect: spec.replicas is 3, but HorizontalPodAutoscaler order sets the number of pods; leave spec.replicas out
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec: { replicas: 3 }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec:
  maxReplicas: 60
  scaleTargetRef: { apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: order }
---
# KEDA takes a Deployment where no kind is named.
# expect: spec.replicas is 0, but ScaledObject queue sets the number of pods; leave spec.replicas out
apiVersion: apps/v1
kind: Deployment
metadata: { name: notification }
spec: { replicas: 0 }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: queue, namespace: default }
spec:
  scaleTargetRef: { name: notification }
`,
    ],
  },
};
