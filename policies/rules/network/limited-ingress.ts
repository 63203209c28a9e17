import type { Rule } from "../../rule.ts";
import { hardeningGuide } from "../references.ts";
import { isAnywhere, isEverybody, isEveryPort } from "./peers.ts";

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
  variables: [{ name: "rules", expression: "object.?spec.?ingress.orValue([])" }],
  validations: [
    {
      expression: `variables.rules.all(rule, rule.?from.orValue([]).size() > 0 && rule.?ports.orValue([]).size() > 0)`,
      messageExpression: `"a rule of spec.ingress has no from or no ports, which means all; say which"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?from.orValue([]).all(peer, !${isEverybody}))`,
      messageExpression: `"a rule of spec.ingress has an empty namespaceSelector, which is every pod of the cluster; name the namespace"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?from.orValue([]).all(peer,
        !${isAnywhere("peer.?ipBlock.?cidr")} || peer.ipBlock.?except.orValue([]).size() > 0))`,
      messageExpression: `"a rule of spec.ingress has an ipBlock of "
        + variables.rules.map(rule, rule.?from.orValue([])
          .filter(peer, ${isAnywhere("peer.?ipBlock.?cidr")} && peer.ipBlock.?except.orValue([]).size() == 0)
          .map(peer, peer.ipBlock.cidr).join(", ")).filter(blocks, blocks != "").join(", ")
        + ", which is anywhere, and the cluster too; name the networks, or those that are not meant in except"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?ports.orValue([]).all(port, !${isEveryPort}))`,
      messageExpression: `"a rule of spec.ingress opens every port; name those that are needed"`,
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
---
# A range, some pods of every namespace, and the world but for the networks of one's own.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: outside, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: telemetry } } }]
      ports: [{ port: 30000, endPort: 32767 }, { port: metrics }]
    - from: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 169.254.0.0/16] } }]
      ports: [{ port: 443 }]
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
---
# expect: a rule of spec.ingress has an empty namespaceSelector, which is every pod of the cluster; name the namespace
# expect: a rule of spec.ingress has an ipBlock of 0.0.0.0/1, 128.0.0.0/1, ::/0, which is anywhere, and the cluster too; name the networks, or those that are not meant in except
# expect: a rule of spec.ingress opens every port; name those that are needed
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: all, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from: [{ namespaceSelector: {} }]
      ports: [{ port: 1, endPort: 65535 }]
    # The world in two halves.
    - from: [{ ipBlock: { cidr: 0.0.0.0/1 } }, { ipBlock: { cidr: 128.0.0.0/1 } }]
      ports: [{ protocol: TCP }]
    - from: [{ ipBlock: { cidr: "::/0" } }]
      ports: [{ port: 443 }]
`,
    ],
  },
};
