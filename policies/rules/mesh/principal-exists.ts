import type { Rule } from "../../rule.ts";

const running = JSON.stringify(["ServiceAccount", "Deployment", "StatefulSet", "DaemonSet", "Rollout"]);

/** A CEL condition: `account`, such as `order/sa/order`, is of a namespace that is judged as well, and is not there. */
const missing = (
  account: string,
) => `(!(${account} in variables.accounts) && !${account}.endsWith("/sa/default")
  && ${account}.split("/sa/")[0] in variables.namespaces)`;

/** Of a principal the part that names the account. */
const principal = `p.split("/ns/")[1]`;
const isPrincipal = `p.matches("^[^*]+/ns/[^/*]+/sa/[^/*]+$")`;

/** The account of \`serviceAccounts\`, which without a namespace is one of the policy's own. */
const account = `(a.contains("/") ? a.split("/")[0] + "/sa/" + a.split("/")[1]
  : object.metadata.?namespace.orValue("default") + "/sa/" + a)`;

const sources = "rule.?from.orValue([])";

/**
 * Of a namespace of which nothing is judged nobody can say which accounts it has: a policy that names the gateway or
 * Prometheus passes.
 */
export const principalExists: Rule = {
  id: "principal-exists",
  title: "Every caller that an AuthorizationPolicy names has a ServiceAccount.",
  reason:
    "A misspelt caller is refused when it first calls; and a name that nobody has is anybody's who may make ServiceAccounts.",
  severity: "high",
  remedy: "Name the ServiceAccount as the caller's pods do: <trust domain>/ns/<namespace>/sa/<name>.",
  references: [
    {
      title: "Istio, Authorization Policy",
      url: "https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source",
    },
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [{ apiGroup: "security.istio.io", kinds: ["AuthorizationPolicy"] }],
  variables: [
    {
      name: "accounts",
      expression: `objects.filter(o, o.kind == "ServiceAccount" && o.apiVersion == "v1")
        .map(o, o.metadata.?namespace.orValue("default") + "/sa/" + o.metadata.name)`,
    },
    {
      name: "namespaces",
      expression: `objects.filter(o, o.kind in ${running}).map(o, o.metadata.?namespace.orValue("default"))`,
    },
    { name: "rules", expression: "object.?spec.?rules.orValue([])" },
  ],
  validations: [
    {
      expression: `variables.rules.all(rule, ${sources}.all(f,
        f.?source.?principals.orValue([]).all(p, !${isPrincipal} || !${missing(principal)})))`,
      messageExpression: `"spec.rules names " + variables.rules.map(rule, ${sources}.map(f,
          f.?source.?principals.orValue([]).filter(p, ${isPrincipal} && ${missing(principal)}).join(", "))
          .filter(names, names != "").join(", ")).filter(names, names != "").join(", ")
        + ", and there is no such ServiceAccount; name the one of the caller's pods"`,
    },
    {
      expression: `variables.rules.all(rule, ${sources}.all(f,
        f.?source.?serviceAccounts.orValue([]).all(a, !${missing(account)})))`,
      messageExpression: `"spec.rules names in serviceAccounts " + variables.rules.map(rule, ${sources}.map(f,
          f.?source.?serviceAccounts.orValue([]).filter(a, ${missing(account)}).join(", "))
          .filter(names, names != "").join(", ")).filter(names, names != "").join(", ")
        + ", and there is no such ServiceAccount; name the one of the caller's pods"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: from-order, namespace: payment }
spec:
  rules:
    - from:
        - source: { principals: [cluster.local/ns/order/sa/order] }
        # Nothing of this namespace is judged here, so nobody knows.
        - source: { principals: [cluster.local/ns/istio-ingress/sa/gateway] }
        # Other rules judge wildcards.
        - source: { principals: ["cluster.local/ns/order/*"] }
        - source: { serviceAccounts: [order/order, payment] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: order, namespace: order }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: payment, namespace: payment }
`,
    ],
    fail: [
      `
# expect: spec.rules names cluster.local/ns/order/sa/orders, cluster.local/ns/report/sa/report, and there is no such ServiceAccount; name the one of the caller's pods
# expect: spec.rules names in serviceAccounts order/payment, order, and there is no such ServiceAccount; name the one of the caller's pods
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: from-order, namespace: payment }
spec:
  rules:
    - from:
        - source: { principals: [cluster.local/ns/order/sa/order, cluster.local/ns/order/sa/orders] }
        - source: { principals: [cluster.local/ns/report/sa/report] }
    - from:
        - source: { serviceAccounts: [order/order, order/payment, order] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: order, namespace: order }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: payment, namespace: payment }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: report, namespace: report }
spec:
  selector: { matchLabels: { app: report } }
  template:
    metadata: { labels: { app: report } }
    spec:
      serviceAccountName: orders
      containers:
        - { name: report, image: report }
`,
    ],
  },
};
