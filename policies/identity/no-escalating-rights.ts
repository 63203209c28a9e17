import type { Rule } from "../rule.ts";

export const noEscalatingRights: Rule = {
  id: "no-escalating-rights",
  title: "No role gives rights by which its holder could take more.",
  reason:
    "Whoever may impersonate, bind roles, make tokens or enter other pods has the rights of all whom they can become.",
  severity: "high",
  remedy: "Remove the right, or give it to a person, for a time, by another way.",
  references: [
    {
      title: "Kubernetes, Role Based Access Control Good Practices",
      url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    },
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["Role", "ClusterRole"] }],

  validations: [
    {
      expression: `object.?rules.orValue([]).all(rule, rule.?verbs.orValue([]).all(verb, !(verb in ["bind", "escalate", "impersonate"])))`,
      messageExpression: `"rules holds the verb bind, escalate or impersonate; remove it"`,
    },
    {
      expression: `object.?rules.orValue([]).all(rule, rule.?resources.orValue([]).all(resource, !(resource in
        ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "nodes/proxy", "serviceaccounts/token"])))`,
      messageExpression: `"rules holds a resource by which other pods are entered or tokens are made ("
        + object.?rules.orValue([]).map(rule, rule.?resources.orValue([]).filter(resource, resource in
          ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "nodes/proxy", "serviceaccounts/token"]
        ).join(", ")).filter(names, names != "").join(", ") + "); remove it"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list] }
`,
    ],
    fail: [
      `
# expect: rules holds the verb bind, escalate or impersonate; remove it
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate] }
`,
      `
# expect: rules holds a resource by which other pods are entered or tokens are made (pods/exec, nodes/proxy); remove it
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [pods, pods/exec], verbs: [create] }
  - { apiGroups: [""], resources: [nodes/proxy], verbs: [get] }
`,
    ],
  },
};
