import type { Rule } from "../../rule.ts";
import { cis, rbacGoodPractices } from "../references.ts";
import { roleRules } from "../roles.ts";

export const secretRights: Rule = {
  id: "secret-rights",
  title: "No role reads Secrets but those that it names.",
  reason: "Whoever may list or watch Secrets reads every password of the namespace.",
  severity: "critical",
  remedy: "Name the Secrets in resourceNames; to create them needs no name, and reads none.",
  references: [
    {
      title: "Kubernetes, Good practices for Kubernetes Secrets",
      url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    },
    rbacGoodPractices,
    cis("5.1.2", "Minimize access to secrets"),
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["Role", "ClusterRole"] }],
  variables: [roleRules],
  validations: [
    {
      // A list or a watch of one name is a get: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
      // A rule of no group gives no right, and the API server refuses it.
      expression: `variables.rules.all(rule, !("secrets" in rule.?resources.orValue([]))
        || !rule.?apiGroups.orValue([]).exists(group, group in ["", "*"])
        || rule.?resourceNames.orValue([]).size() > 0 || rule.?verbs.orValue([]).all(verb, verb == "create"))`,
      messageExpression: `"rules reads Secrets without naming them; name them in resourceNames"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [order-database], verbs: [get, watch] }
  - { apiGroups: [""], resources: [secrets], verbs: [create] }
---
# Its rules are those of others.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitoring }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { example.com/aggregate-to-monitoring: "true" } }] }
`,
    ],
    fail: [
      `
# expect: rules reads Secrets without naming them; name them in resourceNames
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [secrets], verbs: [get] }
---
# What changes a Secret is given it back.
# expect: rules reads Secrets without naming them; name them in resourceNames
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: installer }
rules:
  - { apiGroups: [""], resources: [configmaps, secrets], verbs: [create, patch] }
`,
    ],
  },
};
