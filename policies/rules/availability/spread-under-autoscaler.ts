import type { Rule } from "../../rule.ts";
import { spreads } from "../selectors.ts";
import { autoscalersOf, scaledKinds, templateOf } from "../workloads.ts";

export const spreadUnderAutoscaler: Rule = {
  id: "spread-under-autoscaler",
  title:
    "Pods that an autoscaler adds, or that a Rollout makes from a Deployment, are spread over nodes or zones.",
  reason: "The scheduler may put all of them on one node, and they all go with it.",
  severity: "medium",
  remedy:
    "Add topologySpreadConstraints, or a podAntiAffinity, whose labelSelector selects the workload's own pods.",
  references: [
    {
      title: "Kubernetes, Pod Topology Spread Constraints",
      url: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    },
  ],
  matchConstraints: scaledKinds,
  variables: [
    { name: "autoscalers", expression: autoscalersOf("object") },
    { name: "isSpread", expression: `${templateOf("object")}.all(t, ${spreads("t")})` },
  ],
  validations: [
    {
      expression: "variables.autoscalers.size() == 0 || variables.isSpread",
      messageExpression: `variables.autoscalers.map(a, a.kind + " " + a.metadata.name).join(", ")
        + " adds pods, but nothing spreads them; add topologySpreadConstraints, or a podAntiAffinity, that selects them"`,
    },
    {
      expression: `!object.?spec.?workloadRef.hasValue() || object.?spec.?replicas.orValue(1) < 2 || variables.isSpread`,
      messageExpression: `"spec.replicas is " + string(object.spec.replicas) + ", but nothing spreads the pods of "
        + object.spec.workloadRef.?kind.orValue("") + " " + object.spec.workloadRef.?name.orValue("")
        + "; add topologySpreadConstraints, or a podAntiAffinity, that selects them"`,
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
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: order } } }
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
# expect: HorizontalPodAutoscaler order adds pods, but nothing spreads them; add topologySpreadConstraints, or a podAntiAffinity, that selects them
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
# expect: spec.replicas is 3, but nothing spreads the pods of Deployment payment-template; add topologySpreadConstraints, or a podAntiAffinity, that selects them
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: payment, namespace: payment }
spec:
  replicas: 3
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: payment-template }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: payment-template, namespace: payment }
spec:
  replicas: 0
  selector: { matchLabels: { app: payment } }
  template:
    metadata: { labels: { app: payment } }
    spec:
      containers:
        - { name: payment, image: payment }
`,
    ],
  },
};
