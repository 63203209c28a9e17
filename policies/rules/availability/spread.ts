import type { Rule } from "../../rule.ts";
import { spreads } from "../selectors.ts";
import { scaledKinds } from "../workloads.ts";

export const spread: Rule = {
  id: "spread",
  title: "Replicas are spread over nodes or zones.",
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
  validations: [
    {
      // A Rollout without a template refers to a Deployment: spread-under-autoscaler looks there.
      expression: `object.?spec.?replicas.orValue(1) < 2 || !object.?spec.?template.hasValue() || ${spreads("object.spec.template")}`,
      messageExpression: `"spec.replicas is " + string(object.spec.replicas)
        + ", but nothing spreads the pods; add topologySpreadConstraints, or a podAntiAffinity, that selects them"`,
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
---
# As many charts write it.
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: search, namespace: search }
spec:
  replicas: 3
  serviceName: search
  selector: { matchLabels: { app.kubernetes.io/name: search } }
  template:
    metadata: { labels: { app.kubernetes.io/name: search, app.kubernetes.io/component: primary } }
    spec:
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 1
              podAffinityTerm:
                labelSelector: { matchLabels: { app.kubernetes.io/name: search } }
                topologyKey: kubernetes.io/hostname
      containers:
        - { name: search, image: search }
---
# The pods are those of the Deployment.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: payment, namespace: payment }
spec:
  replicas: 3
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: payment }
`,
    ],
    fail: [
      `
# expect: spec.replicas is 2, but nothing spreads the pods; add topologySpreadConstraints, or a podAntiAffinity, that selects them
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
---
# Both select the pods of others.
# expect: spec.replicas is 3, but nothing spreads the pods; add topologySpreadConstraints, or a podAntiAffinity, that selects them
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: payment, namespace: payment }
spec:
  replicas: 3
  selector: { matchLabels: { app: payment } }
  template:
    metadata: { labels: { app: payment } }
    spec:
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: order } } }
        - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway }
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { labelSelector: { matchLabels: { app: order } }, topologyKey: kubernetes.io/hostname }
      containers:
        - { name: payment, image: payment }
`,
    ],
  },
};
