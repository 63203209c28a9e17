import type { Rule } from "../rule.ts";

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
      expression: `variables.rules.all(rule, rule.?from.orValue([]).size() > 0
        && rule.from.all(f, ["principals", "namespaces", "serviceAccounts", "ipBlocks", "remoteIpBlocks", "requestPrincipals"]
          .exists(field, f.?source[?field].orValue([]).size() > 0)))`,
      messageExpression: `"a rule of spec.rules allows without saying whom; name the callers' principals in from.source"`,
    },
    {
      expression: `variables.rules.all(rule, rule.?from.orValue([]).all(f, ["principals", "namespaces", "serviceAccounts", "requestPrincipals"]
        .all(field, !("*" in f.?source[?field].orValue([])))))`,
      messageExpression: `"a rule of spec.rules allows the source *, which is everybody; name the callers"`,
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
`,
    ],
    fail: [
      `
# expect: a rule of spec.rules allows without saying whom; name the callers' principals in from.source
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: order }
spec:
  action: ALLOW
  rules:
    - {}
`,
      `
# expect: a rule of spec.rules allows the source *, which is everybody; name the callers
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: order }
spec:
  action: ALLOW
  rules:
    - { from: [{ source: { principals: ["*"] } }] }
`,
    ],
  },
};
