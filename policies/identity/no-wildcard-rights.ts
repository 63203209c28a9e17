import type { Rule } from "../rule.ts";

export const noWildcardRights: Rule = {
  id: "no-wildcard-rights",
  title: "No role gives all verbs, all resources or all API groups.",
  reason: "A wildcard also gives what does not exist yet: the next custom resource, the next verb.",
  severity: "high",
  remedy: "List the verbs, resources and API groups that are needed.",
  references: [
    {
      title: "Kubernetes, Role Based Access Control Good Practices",
      url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    },
    { title: "CIS Kubernetes Benchmark, Policies", url: "https://www.cisecurity.org/benchmark/kubernetes" },
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["Role", "ClusterRole"] }],
  validations: [
    {
      expression: `object.?rules.orValue([]).all(rule, !("*" in rule.?verbs.orValue([])) && !("*" in rule.?resources.orValue([]))
        && !("*" in rule.?apiGroups.orValue([])) && !("*" in rule.?nonResourceURLs.orValue([])))`,
      messageExpression: `"rules holds * among verbs, resources, apiGroups or nonResourceURLs; list what is needed"`,
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
`,
    ],
    fail: [
      `
# expect: rules holds * among verbs, resources, apiGroups or nonResourceURLs; list what is needed
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: ["*"] }
`,
    ],
  },
};
