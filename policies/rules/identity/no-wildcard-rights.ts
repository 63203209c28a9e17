import type { Rule } from "../../rule.ts";
import { cis, rbacGoodPractices } from "../references.ts";
import { roleRules } from "../roles.ts";

export const noWildcardRights: Rule = {
  id: "no-wildcard-rights",
  title: "No role gives all verbs, all resources or all API groups.",
  reason: "A wildcard also gives what does not exist yet: the next custom resource, the next verb.",
  severity: "high",
  remedy: "List the verbs, resources and API groups that are needed.",
  references: [rbacGoodPractices, cis("5.1.3", "Minimize wildcard use in Roles and ClusterRoles")],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["Role", "ClusterRole"] }],
  variables: [
    roleRules,
    {
      name: "wild",
      expression: `["verbs", "resources", "apiGroups", "nonResourceURLs"].filter(field, variables.rules
        .exists(rule, rule[?field].orValue([]).exists(one, one in ["*", "/*"])))`,
    },
  ],
  validations: [
    {
      expression: "variables.wild.size() == 0",
      messageExpression: `"rules holds * among " + variables.wild.join(", ") + "; list what is needed"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }
  # One subresource, of every kind that has it.
  - { apiGroups: [apps, argoproj.io], resources: ["*/scale"], verbs: [get, patch] }
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
# expect: rules holds * among verbs; list what is needed
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: ["*"] }
---
# expect: rules holds * among resources, apiGroups, nonResourceURLs; list what is needed
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: [get] }
  - { nonResourceURLs: ["/*"], verbs: [get] }
`,
    ],
  },
};
