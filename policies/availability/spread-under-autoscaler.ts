import type { Rule } from "../rule.ts";
import { autoscalersOf, scaledKinds } from "../workloads.ts";

export const spreadUnderAutoscaler: Rule = {
  id: "spread-under-autoscaler",
  title: "Pods that an autoscaler adds are spread over nodes or zones.",
  reason: "On one node they all go with it.",
  severity: "medium",
  remedy: "Add topologySpreadConstraints, or a podAntiAffinity.",
  references: [
    {
      title: "Kubernetes, Pod Topology Spread Constraints",
      url: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    },
  ],
  matchConstraints: scaledKinds,
  variables: [{ name: "autoscalers", expression: autoscalersOf("object") }],
  validations: [
    {
      expression: `variables.autoscalers.size() == 0 || object.spec.template.spec.?topologySpreadConstraints.orValue([]).size() > 0
        || object.spec.template.spec.?affinity.?podAntiAffinity.hasValue()`,
      messageExpression: `variables.autoscalers.map(a, a.kind + " " + a.metadata.name).join(", ")
        + " adds pods, but nothing spreads them; add topologySpreadConstraints, or a podAntiAffinity"`,
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
# expect: HorizontalPodAutoscaler order adds pods, but nothing spreads them; add topologySpreadConstraints, or a podAntiAffinity
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
  },
};
