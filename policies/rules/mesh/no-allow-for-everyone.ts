import type { Rule } from "../../rule.ts";

/** Fields of a source, and keys of a condition, that say who calls. Those of one source must all be met. */
const fields = [
  "principals",
  "namespaces",
  "serviceAccounts",
  "ipBlocks",
  "remoteIpBlocks",
  "requestPrincipals",
];
const conditions = [
  "source.principal",
  "source.namespace",
  "source.serviceAccount",
  "source.ip",
  "remote.ip",
  "request.auth.principal",
];

/** A CEL condition: a value with a wildcard names no namespace, or a block of addresses is anywhere. */
const isAnybody = (value: string) =>
  `((${value}.contains("*") && (${value}.contains("/") ? !${value}.matches("(^|/)ns/[^/*]+/") : ${value} == "*"))
    || ${value}.matches("^[0-9a-f.:]+/[0-7]$"))`;

export const noAllowForEveryone: Rule = {
  id: "no-allow-for-everyone",
  title: "Every ALLOW says who may call.",
  reason: "A rule without a source, or with *, lets everybody in, whatever the other policies say.",
  severity: "critical",
  remedy: "Name the callers' principals in from.source.",
  references: [
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [{ apiGroup: "security.istio.io", kinds: ["AuthorizationPolicy"] }],
  variables: [
    {
      name: "rules",
      expression: `object.?spec.?action.orValue("ALLOW") == "ALLOW" ? object.?spec.?rules.orValue([]) : []`,
    },
  ],
  validations: [
    {
      expression: `variables.rules.all(rule, rule.?when.orValue([]).exists(w, w.?key.orValue("") in ${JSON.stringify(conditions)}
          && w.?values.orValue([]).size() > 0 && w.values.all(value, !${isAnybody("value")}))
        || (rule.?from.orValue([]).size() > 0 && rule.from.all(f, ${JSON.stringify(fields)}.exists(field,
          f.?source[?field].orValue([]).size() > 0 && f.source[field].all(value, !${isAnybody("value")})))))`,
      messageExpression: `"a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: order }
spec:
  action: ALLOW
  rules:
    - { from: [{ source: { principals: [cluster.local/ns/checkout/sa/checkout] } }] }
    # Whoever runs in a namespace, of whatever trust domain; and the gateway, for whoever has a valid token.
    - { from: [{ source: { principals: ["*/ns/rental/sa/rental", "cluster.local/ns/report/*"] } }] }
    - { from: [{ source: { principals: [cluster.local/ns/istio-ingress/sa/gateway], requestPrincipals: ["*"] } }] }
    - { when: [{ key: source.namespace, values: [payment] }] }
---
# Other actions allow nobody.
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: no-admin, namespace: order }
spec:
  action: DENY
  rules:
    - { to: [{ operation: { paths: [/admin] } }] }
`,
    ],
    fail: [
      `
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: order }
spec:
  action: ALLOW
  rules:
    - {}
`,
      `
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: order }
spec:
  action: ALLOW
  rules:
    - { from: [{ source: { principals: ["*"] } }] }
---
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: namespaces, namespace: order }
spec: { rules: [{ from: [{ source: { namespaces: ["*"] } }] }] }
---
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: principalsclusterlocal, namespace: order }
spec: { rules: [{ from: [{ source: { principals: ["cluster.local/*"] } }] }] }
---
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: principalssacheckout, namespace: order }
spec: { rules: [{ from: [{ source: { principals: ["*/sa/checkout"] } }] }] }
---
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: iplocks, namespace: order }
spec: { rules: [{ from: [{ source: { ipBlocks: [0.0.0.0/0] } }] }] }
---
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: notrincipalsclusterlocal, namespace: order }
spec: { rules: [{ from: [{ source: { notPrincipals: [cluster.local/ns/rental/sa/rental] } }] }] }
---
# expect: a rule of spec.rules allows everybody: it names no source, or one with * in the place of a namespace, or every address; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: requestrincipals, namespace: order }
spec: { rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }
`,
    ],
  },
};
