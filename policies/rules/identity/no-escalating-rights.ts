import type { Rule } from "../../rule.ts";
import { cis, rbacGoodPractices } from "../references.ts";
import { roleRules } from "../roles.ts";

/** By these a pod is entered, or somebody else's token or certificate is made. */
const ways = [
  "pods/exec",
  "pods/attach",
  "pods/portforward",
  "pods/ephemeralcontainers",
  "nodes/proxy",
  "serviceaccounts/token",
  "certificatesigningrequests/approval",
];

/** Whoever changes these changes what others send to the API server, or reads a node's disk. */
const written = [
  "mutatingwebhookconfigurations",
  "validatingwebhookconfigurations",
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "persistentvolumes",
];

/** A CEL list: those of the resources that a rule gives of which `condition` is true. */
function among(resources: readonly string[], condition: string): string {
  return `${JSON.stringify(resources)}.filter(resource, variables.rules.exists(rule,
    resource in rule.?resources.orValue([]) && ${condition}))`;
}

export const noEscalatingRights: Rule = {
  id: "no-escalating-rights",
  title: "No role gives rights by which its holder could take more.",
  reason:
    "Whoever may impersonate, bind roles, make tokens or enter other pods has the rights of all whom they can become.",
  severity: "high",
  remedy: "Remove the right, or give it to a person, for a time, by another way.",
  references: [
    rbacGoodPractices,
    cis("5.1.8", "Limit use of the Bind, Impersonate and Escalate permissions"),
    cis("5.1.9", "Minimize access to create persistent volumes"),
    cis("5.1.10", "Minimize access to the proxy sub-resource of nodes"),
    cis("5.1.11", "Minimize access to the approval sub-resource of certificatesigningrequests objects"),
    cis("5.1.12", "Minimize access to webhook configuration objects"),
    cis("5.1.13", "Minimize access to the service account token creation"),
  ],
  matchConstraints: [{ apiGroup: "rbac.authorization.k8s.io", kinds: ["Role", "ClusterRole"] }],
  variables: [
    roleRules,
    {
      name: "verbs",
      expression: `["bind", "escalate", "impersonate"].filter(verb, variables.rules.exists(rule, verb in rule.?verbs.orValue([])))`,
    },
    { name: "ways", expression: among(ways, "true") },
    {
      name: "written",
      expression: among(
        written,
        `rule.?verbs.orValue([]).exists(verb, !(verb in ["get", "list", "watch", "delete"]))`,
      ),
    },
  ],
  validations: [
    {
      expression: "variables.verbs.size() == 0",
      messageExpression: `"rules holds the verb " + variables.verbs.join(", ") + ", by which its holder becomes another; remove it"`,
    },
    {
      expression: "variables.ways.size() == 0",
      messageExpression: `"rules holds " + variables.ways.join(", ")
        + ", by which other pods are entered, or tokens and certificates are made; remove it"`,
    },
    {
      expression: "variables.written.size() == 0",
      messageExpression: `"rules lets its holder change " + variables.written.join(", ")
        + ", by which whatever the cluster runs can be changed or read; leave that to the platform"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [pods, pods/log], verbs: [get, list] }
  # To read how the cluster is set up is no harm.
  - { apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [get, list, watch] }
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
# expect: rules holds the verb impersonate, by which its holder becomes another; remove it
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate] }
`,
      `
# expect: rules holds pods/exec, nodes/proxy, by which other pods are entered, or tokens and certificates are made; remove it
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: order, namespace: order }
rules:
  - { apiGroups: [""], resources: [pods, pods/exec], verbs: [create] }
  - { apiGroups: [""], resources: [nodes/proxy], verbs: [get] }
---
# expect: rules lets its holder change mutatingwebhookconfigurations, persistentvolumes, by which whatever the cluster runs can be changed or read; leave that to the platform
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: installer }
rules:
  - { apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [get, patch] }
  - { apiGroups: [""], resources: [persistentvolumes], verbs: [create] }
`,
    ],
  },
};
