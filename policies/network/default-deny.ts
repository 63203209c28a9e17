import { cis, hardeningGuide } from "../references.ts";
import type { Rule } from "../rule.ts";

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
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [
    {
      name: "denials",
      expression: `neighbours.filter(o, o.kind == "NetworkPolicy" && o.apiVersion.startsWith("networking.k8s.io/")
        && o.spec.?podSelector.orValue({}) == {} && o.spec.?ingress.orValue([]).size() == 0
        && o.spec.?egress.orValue([]).size() == 0
        && ["Ingress", "Egress"].all(type, type in o.spec.?policyTypes.orValue([])))`,
    },
  ],
  validations: [
    {
      expression: `variables.denials.size() > 0`,
      messageExpression: `"no NetworkPolicy of its namespace denies all; add one with podSelector: {} and policyTypes: [Ingress, Egress]"`,
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
`,
    ],
    fail: [
      `
# expect: no NetworkPolicy of its namespace denies all; add one with podSelector: {} and policyTypes: [Ingress, Egress]
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
`,
    ],
  },
};
