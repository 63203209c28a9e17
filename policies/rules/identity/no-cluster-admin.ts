import type { Rule } from "../../rule.ts";
import { cis, rbacGoodPractices } from "../references.ts";

export const noClusterAdmin: Rule = {
  id: "no-cluster-admin",
  title: "Nobody is bound to cluster-admin.",
  reason: "cluster-admin may do everything, in every namespace, for ever.",
  severity: "critical",
  remedy: "Bind a role that lists what is needed.",
  references: [
    rbacGoodPractices,
    cis("5.1.1", "Ensure that the cluster-admin role is only used where required"),
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["RoleBinding", "ClusterRoleBinding"] }],
  validations: [
    {
      expression: `object.roleRef.name != "cluster-admin"`,
      messageExpression: `"roleRef.name is cluster-admin, which may do everything; bind a role that lists what is needed"`,
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
# expect: roleRef.name is cluster-admin, which may do everything; bind a role that lists what is needed
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: order, namespace: order }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, name: order, namespace: order }
---
# expect: roleRef.name is cluster-admin, which may do everything; bind a role that lists what is needed
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: order }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, name: order, namespace: order }
`,
    ],
  },
};
