import type { Rule } from "../../rule.ts";
import { cis, rbacGoodPractices } from "../references.ts";

export const noRightsForEveryone: Rule = {
  id: "no-rights-for-everyone",
  title: "No role is bound to everybody, to whoever has no name, or to a namespace's default account.",
  reason: "Rights that everybody has are the rights of whoever gets in.",
  severity: "critical",
  remedy: "Bind the role to the ServiceAccount that needs it.",
  references: [
    rbacGoodPractices,
    cis("5.1.5", "Ensure that default service accounts are not actively used"),
    cis("5.1.7", "Avoid use of system:masters group"),
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["RoleBinding", "ClusterRoleBinding"] }],
  variables: [
    {
      name: "everybody",
      expression: `object.?subjects.orValue([]).filter(s,
        (s.kind == "Group" && (s.name in ["system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:masters"]
          || s.name.startsWith("system:serviceaccounts:")))
        || (s.kind == "User" && (s.name == "system:anonymous"
          || (s.name.startsWith("system:serviceaccount:") && s.name.endsWith(":default"))))
         || (s.kind == "ServiceAccount" && s.name == "default"))`,
    },
  ],
  validations: [
    {
      expression: `variables.everybody.size() == 0`,
      messageExpression: `"subjects holds " + variables.everybody.map(s, s.kind + " " + s.name).join(", ")
        + ", which is everybody, or nobody in particular; bind the ServiceAccount that needs it"`,
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
  - { kind: Group, name: checkout-team, apiGroup: rbac.authorization.k8s.io }
`,
    ],
    fail: [
      `
# expect: subjects holds Group system:authenticated, Group system:serviceaccounts:order, User system:anonymous, User system:serviceaccount:order:default, ServiceAccount default, which is everybody, or nobody in particular; bind the ServiceAccount that needs it
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: order, namespace: order }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: Group, name: system:authenticated, apiGroup: rbac.authorization.k8s.io }
  - { kind: Group, name: system:serviceaccounts:order, apiGroup: rbac.authorization.k8s.io }
  - { kind: User, name: system:anonymous, apiGroup: rbac.authorization.k8s.io }
  # The account default of a namespace, under its name as a user.
  - { kind: User, name: system:serviceaccount:order:default, apiGroup: rbac.authorization.k8s.io }
  - { kind: ServiceAccount, name: default, namespace: order }
  - { kind: ServiceAccount, name: order, namespace: order }
---
# expect: subjects holds User system:anonymous, which is everybody, or nobody in particular; bind the ServiceAccount that needs it
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: order }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: User, name: system:anonymous, apiGroup: rbac.authorization.k8s.io }
`,
    ],
  },
};
