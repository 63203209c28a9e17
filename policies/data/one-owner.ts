import type { Rule } from "../rule.ts";

export const oneOwner: Rule = {
  id: "one-owner",
  title: "A volume belongs to one workload.",
  reason: "Two services that share a store cannot change its schema, or recover it, without each other.",
  severity: "high",
  remedy: "Give each workload a claim of its own, and let others ask its owner.",
  references: [
    {
      title: "Kubernetes, Persistent Volumes",
      url: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
    },
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [
    {
      name: "claims",
      expression: `object.?spec.?template.?spec.?volumes.orValue([]).filter(v, v.?persistentVolumeClaim.hasValue()).map(v, v.persistentVolumeClaim.claimName)`,
    },
    {
      name: "sharers",
      expression: `neighbours.filter(o, o.kind in ["Deployment", "StatefulSet", "DaemonSet", "Rollout"]
        && !(o.kind == object.kind && o.metadata.name == object.metadata.name)
        && o.?spec.?template.?spec.?volumes.orValue([]).exists(v, v.?persistentVolumeClaim.hasValue()
          && v.persistentVolumeClaim.claimName in variables.claims))`,
    },
  ],
  validations: [
    {
      expression: `variables.sharers.size() == 0`,
      messageExpression: `"a claim of its volumes is also that of " + variables.sharers.map(o, o.kind + " " + o.metadata.name).join(", ")
        + "; give each a claim of its own"`,
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
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`,
    ],
    fail: [
      `
# expect: a claim of its volumes is also that of Deployment report; give each a claim of its own
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
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
# expect: a claim of its volumes is also that of Deployment order; give each a claim of its own
apiVersion: apps/v1
kind: Deployment
metadata: { name: report, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`,
    ],
  },
};
