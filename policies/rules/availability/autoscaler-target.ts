import type { Rule } from "../../rule.ts";
import { targetGroup } from "../workloads.ts";

export const autoscalerTarget: Rule = {
  id: "autoscaler-target",
  title: "What an autoscaler targets is there.",
  reason: "An autoscaler without a target scales nothing, and nobody is told before the rush.",
  severity: "high",
  remedy:
    "Name a workload of the same namespace in scaleTargetRef, with its kind and the group of its apiVersion.",
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
  variables: [
    {
      name: "group",
      expression: targetGroup("object"),
    },
  ],
  validations: [
    {
      // Whatever has a subresource scale can be targeted, custom resources too.
      expression: `neighbours.exists(o, o.kind == object.spec.scaleTargetRef.?kind.orValue("Deployment")
        && o.metadata.name == object.spec.scaleTargetRef.name && o.apiVersion.split("/")[0] == variables.group)`,
      messageExpression: `"spec.scaleTargetRef names " + variables.group + " "
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
---
apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaConnect
metadata: { name: outbox, namespace: order }
spec: { replicas: 2 }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: outbox, namespace: order }
spec: { scaleTargetRef: { apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaConnect, name: outbox } }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: order-queue, namespace: order }
spec: { scaleTargetRef: { apiVersion: "", name: order } }
`,
    ],
    fail: [
      `
# The Deployment became a Rollout.
# expect: spec.scaleTargetRef names apps Deployment order, which is not there; name a workload of the same namespace
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
---
# Of the wrong group, it is nobody's.
# expect: spec.scaleTargetRef names apps Rollout order, which is not there; name a workload of the same namespace
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: order, namespace: order }
spec: { scaleTargetRef: { kind: Rollout, name: order } }
`,
    ],
  },
};
