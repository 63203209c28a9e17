import type { Rule } from "../rule.ts";

export const secretRights: Rule = {
  id: "secret-rights",
  title: "No role reads Secrets but those that it names.",
  reason: "Whoever may list or watch Secrets reads every password of the namespace.",
  severity: "critical",
  remedy: "Name the Secrets in resourceNames, and give get alone.",
  references: [
    {
      title: "Kubernetes, Good practices for Kubernetes Secrets",
      url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    },
    {
      title: "Kubernetes, Role Based Access Control Good Practices",
      url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    },
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["Role", "ClusterRole"] }],
  validations: [
    {
      expression: `object.?rules.orValue([]).all(rule, !("secrets" in rule.?resources.orValue([]))
        || (rule.?resourceNames.orValue([]).size() > 0 && rule.?verbs.orValue([]).all(verb, !(verb in ["list", "watch"]))))`,
      messageExpression: `"rules reads Secrets without naming them, or lists them; name them in resourceNames, and give get alone"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [order-database], verbs: [get] }
`,
    ],
    fail: [
      `
# expect: rules reads Secrets without naming them, or lists them; name them in resourceNames, and give get alone
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get] }
`,
    ],
  },
};
