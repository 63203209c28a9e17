import type { Rule } from "../rule.ts";

export const denyAll: Rule = {
  id: "deny-all",
  title: "Every namespace of the mesh that runs pods has an AuthorizationPolicy that allows nothing.",
  reason: "Without it a pod that no policy selects lets everybody in.",
  severity: "critical",
  remedy: "Add an AuthorizationPolicy with an empty spec.",
  references: [
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [
    { name: "meshed", expression: `neighbours.exists(o, o.apiVersion.startsWith("security.istio.io/"))` },
    {
      name: "denials",
      expression: `neighbours.filter(o, o.kind == "AuthorizationPolicy" && o.apiVersion.startsWith("security.istio.io/")
        && o.?spec.orValue({}) == {})`,
    },
  ],
  validations: [
    {
      expression: `!variables.meshed || variables.denials.size() > 0`,
      messageExpression: `"no AuthorizationPolicy of its namespace denies all; add one with an empty spec"`,
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
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: default-deny, namespace: order }
spec: {}
`,
    ],
    fail: [
      `
# expect: no AuthorizationPolicy of its namespace denies all; add one with an empty spec
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
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: order, namespace: order }
spec:
  mtls: { mode: STRICT }
`,
    ],
  },
};
