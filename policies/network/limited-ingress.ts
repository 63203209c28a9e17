import { hardeningGuide } from "../references.ts";
import type { Rule } from "../rule.ts";

export const limitedIngress: Rule = {
  id: "limited-ingress",
  title: "A NetworkPolicy says from whom and on which ports its pods are reached.",
  reason: "An ingress rule without from lets every pod of the cluster in.",
  severity: "high",
  remedy: "Give every ingress rule its from and its ports.",
  references: [
    {
      title: "Kubernetes, Network Policies",
      url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    },
    hardeningGuide("Network policies"),
  ],
  matchConstraints: [{ apiGroup: "networking.k8s.io", kinds: ["NetworkPolicy"] }],
  validations: [
    {
      expression: `object.?spec.?ingress.orValue([]).all(rule, rule.?from.orValue([]).size() > 0 && rule.?ports.orValue([]).size() > 0)`,
      messageExpression: `"a rule of spec.ingress has no from or no ports, which means all; say which"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: order, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - { from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: order } } }], ports: [{ port: 3000 }] }
`,
    ],
    fail: [
      `
# expect: a rule of spec.ingress has no from or no ports, which means all; say which
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: order, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - ports: [{ port: 3000 }]
`,
    ],
  },
};
