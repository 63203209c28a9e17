import type { Rule } from "../rule.ts";

export const noRightsForEveryone: Rule = {
  id: "no-rights-for-everyone",
  title: "No role is bound to everybody, to whoever has no name, or to a namespace's default account.",
  reason: "Rights that everybody has are the rights of whoever gets in.",
  severity: "critical",
  remedy: "Bind the role to the ServiceAccount that needs it.",
  references: [
    {
      title: "Kubernetes, Role Based Access Control Good Practices",
      url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    },
    { title: "CIS Kubernetes Benchmark, Policies", url: "https://www.cisecurity.org/benchmark/kubernetes" },
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["RoleBinding", "ClusterRoleBinding"] }],
  variables: [
    {
      name: "everybody",
      expression: `object.?subjects.orValue([]).filter(s,
        (s.kind == "Group" && (s.name in ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"]
          || s.name.startsWith("system:serviceaccounts:")))
        || (s.kind == "User" && s.name == "system:anonymous") || (s.kind == "ServiceAccount" && s.name == "default"))`,
    },
  ],
  validations: [
    {
      expression: `variables.everybody.size() == 0`,
      messageExpression: `"subjects holds " + variables.everybody.map(s, s.kind + " " + s.name).join(", ")
        + ", who is everybody or nobody in particular; bind the ServiceAccount that needs it"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: order, namespace: order }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: order, namespace: order }
`,
    ],
    fail: [
      `
# expect: subjects holds Group system:authenticated, who is everybody or nobody in particular; bind the ServiceAccount that needs it
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: order, namespace: order }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: Group, name: system:authenticated, apiGroup: rbac.authorization.k8s.io }
`,
    ],
  },
};
