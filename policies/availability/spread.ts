import type { Rule } from "../rule.ts";
import { scaledKinds } from "../workloads.ts";

export const spread: Rule = {
  id: "spread",
  title: "Replicas are spread over nodes or zones.",
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
  validations: [
    {
      expression: `object.?spec.?replicas.orValue(1) < 2 || object.spec.template.spec.?topologySpreadConstraints.orValue([]).size() > 0
        || object.spec.template.spec.?affinity.?podAntiAffinity.hasValue()`,
      messageExpression: `"spec.replicas is " + string(object.spec.replicas)
        + ", but nothing spreads the pods; add topologySpreadConstraints, or a podAntiAffinity"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  replicas: 2
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: order } } }
      containers:
        - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.replicas is 2, but nothing spreads the pods; add topologySpreadConstraints, or a podAntiAffinity
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  replicas: 2
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
`,
    ],
  },
};
