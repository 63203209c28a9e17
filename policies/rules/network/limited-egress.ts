import type { Rule } from "../../rule.ts";
import { hardeningGuide } from "../references.ts";
import { isAnywhere, isEverybody, isEveryPort } from "./peers.ts";

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
  variables: [{ name: "rules", expression: "object.?spec.?egress.orValue([])" }],
  validations: [
    {
      expression: `variables.rules.all(rule, rule.?to.orValue([]).size() > 0 && rule.?ports.orValue([]).size() > 0)`,
      messageExpression: `"a rule of spec.egress has no to or no ports, which means all; say which"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?to.orValue([]).all(peer, !${isEverybody}))`,
      messageExpression: `"a rule of spec.egress has an empty namespaceSelector, which is every pod of the cluster; name the namespace"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?to.orValue([]).all(peer,
        !${isAnywhere("peer.?ipBlock.?cidr")} || peer.ipBlock.?except.orValue([]).size() > 0))`,
      messageExpression: `"a rule of spec.egress has an ipBlock of "
        + variables.rules.map(rule, rule.?to.orValue([])
          .filter(peer, ${isAnywhere("peer.?ipBlock.?cidr")} && peer.ipBlock.?except.orValue([]).size() == 0)
          .map(peer, peer.ipBlock.cidr).join(", ")).filter(blocks, blocks != "").join(", ")
        + ", which is anywhere, and the cluster too; name the networks, or those that are not meant in except"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?ports.orValue([]).all(port, !${isEveryPort}))`,
      messageExpression: `"a rule of spec.egress opens every port; name those that are needed"`,
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
---
# A range, some pods of every namespace, and the world but for the networks of one's own.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: outside, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: telemetry } } }]
      ports: [{ port: 30000, endPort: 32767 }, { port: metrics }]
    - to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 169.254.0.0/16] } }]
      ports: [{ port: 443 }]
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
---
# expect: a rule of spec.egress has an empty namespaceSelector, which is every pod of the cluster; name the namespace
# expect: a rule of spec.egress has an ipBlock of 0.0.0.0/1, 128.0.0.0/1, ::/0, which is anywhere, and the cluster too; name the networks, or those that are not meant in except
# expect: a rule of spec.egress opens every port; name those that are needed
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: all, namespace: order }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
    - to: [{ namespaceSelector: {} }]
      ports: [{ port: 1, endPort: 65535 }]
    # The world in two halves.
    - to: [{ ipBlock: { cidr: 0.0.0.0/1 } }, { ipBlock: { cidr: 128.0.0.0/1 } }]
      ports: [{ protocol: TCP }]
    - to: [{ ipBlock: { cidr: "::/0" } }]
      ports: [{ port: 443 }]
`,
    ],
  },
};
