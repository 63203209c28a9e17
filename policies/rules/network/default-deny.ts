import type { Rule } from "../../rule.ts";
import { runningKinds } from "../pods.ts";
import { cis, hardeningGuide } from "../references.ts";

export const defaultDeny: Rule = {
  id: "default-deny",
  title: "Every namespace that runs pods has a NetworkPolicy that lets nothing in and nothing out.",
  reason:
    "Policies only add up where one of them selects a pod: without this one, the pod that nobody thought of is open.",
  severity: "high",
  remedy: "Add a NetworkPolicy with podSelector: {} and policyTypes: [Ingress, Egress].",
  references: [
    {
      title: "Kubernetes, Network Policies",
      url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    },
    hardeningGuide("Network policies"),
    cis("5.3.2", "Ensure that all Namespaces have NetworkPolicies defined"),
  ],
  matchConstraints: runningKinds,
  variables: [
    {
      name: "open",
      expression: `["Ingress", "Egress"].filter(type, !neighbours.exists(o, o.kind == "NetworkPolicy"
        && o.apiVersion.startsWith("networking.k8s.io/")
        && o.?spec.?podSelector.?matchLabels.orValue({}) == {} && o.?spec.?podSelector.?matchExpressions.orValue([]).size() == 0
        && (o.?spec.?policyTypes.orValue([]).size() > 0 ? type in o.spec.policyTypes
          : (type == "Ingress" || o.?spec.?egress.orValue([]).size() > 0))
        && (type == "Ingress" ? o.?spec.?ingress.orValue([]).all(rule, rule.?from.orValue([]).size() > 0)
          : o.?spec.?egress.orValue([]).all(rule, rule.?to.orValue([]).size() > 0))))`,
    },
  ],
  validations: [
    {
      expression: `variables.open.size() == 0`,
      messageExpression: `"no NetworkPolicy of its namespace denies all " + variables.open.join(" and ")
        + "; add one with podSelector: {} and policyTypes: [Ingress, Egress]"`,
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
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: order, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
# Two policies deny as much as one; and what they let through is named.
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: report }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny-ingress, namespace: report }
spec: { podSelector: { matchLabels: {} } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: dns-only, namespace: report }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
      ports: [{ port: 53, protocol: UDP }]
`,
    ],
    fail: [
      `
# expect: no NetworkPolicy of its namespace denies all Egress; add one with podSelector: {} and policyTypes: [Ingress, Egress]
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
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: order, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Ingress]
---
# Nothing lies in its namespace but a policy for some pods, and one that lets everything in and out.
# expect: no NetworkPolicy of its namespace denies all Ingress and Egress; add one with podSelector: {} and policyTypes: [Ingress, Egress]
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: report }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: some, namespace: report }
spec: { podSelector: { matchLabels: { app: report } }, policyTypes: [Ingress, Egress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: all, namespace: report }
spec: { podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}] }
`,
    ],
  },
};
