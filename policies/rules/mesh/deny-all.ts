import type { Rule } from "../../rule.ts";
import { runningKinds } from "../pods.ts";
import { presence } from "./meshed.ts";

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
  matchConstraints: runningKinds,
  variables: presence(`o.kind == "AuthorizationPolicy" && o.apiVersion.startsWith("security.istio.io/")
    && o.?spec.?action.orValue("ALLOW") == "ALLOW" && o.?spec.?rules.orValue([]).size() == 0
    && o.?spec.?selector.?matchLabels.orValue({}) == {} && !o.?spec.?targetRef.hasValue()
    && o.?spec.?targetRefs.orValue([]).size() == 0`),
  validations: [
    {
      expression: "!variables.meshed || variables.present",
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
---
# In the mesh by the label of its namespace; and the policy is for some pods only.
# expect: no AuthorizationPolicy of its namespace denies all; add one with an empty spec
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: report }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } }
---
apiVersion: v1
kind: Namespace
metadata: { name: report, labels: { istio-injection: enabled } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: some, namespace: report }
spec: { selector: { matchLabels: { app: report } } }
`,
    ],
  },
};
