import { hardeningGuide } from "../references.ts";
import type { Rule } from "../rule.ts";

export const limitedEgress: Rule = {
  id: "limited-egress",
  title: "A NetworkPolicy says to whom and to which ports its pods may speak.",
  reason: "An egress rule without to lets whoever breaks in carry data anywhere.",
  severity: "high",
  remedy: "Give every egress rule its to and its ports.",
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
      expression: `object.?spec.?egress.orValue([]).all(rule, rule.?to.orValue([]).size() > 0 && rule.?ports.orValue([]).size() > 0)`,
      messageExpression: `"a rule of spec.egress has no to or no ports, which means all; say which"`,
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
  policyTypes: [Egress]
  egress:
    - { to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: payment } } }], ports: [{ port: 3000 }] }
`,
    ],
    fail: [
      `
# expect: a rule of spec.egress has no to or no ports, which means all; say which
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: order, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - {}
`,
    ],
  },
};
