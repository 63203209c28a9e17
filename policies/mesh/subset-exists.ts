import type { Rule } from "../rule.ts";

export const subsetExists: Rule = {
  id: "subset-exists",
  title: "Every subset that a route leads to is there.",
  reason: "A route to a missing subset answers 503 to every request.",
  severity: "critical",
  remedy: "Declare the subset in the destination's DestinationRule.",
  references: [
    {
      title: "Istio, VirtualService",
      url: "https://istio.io/latest/docs/reference/config/networking/virtual-service/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["VirtualService"] }],
  variables: [
    {
      name: "missing",
      expression: `object.?spec.?http.orValue([]).map(http, http.?route.orValue([]).filter(r, r.destination.?subset.hasValue()
        && !neighbours.exists(o, o.kind == "DestinationRule" && o.spec.host == r.destination.host
          && o.spec.?subsets.orValue([]).exists(s, s.name == r.destination.subset)))
        .map(r, r.destination.host + " " + r.destination.subset).join(", ")).filter(names, names != "")`,
    },
  ],
  validations: [
    {
      expression: `variables.missing.size() == 0`,
      messageExpression: `"spec.http leads to a subset that no DestinationRule declares: " + variables.missing.join(", ") + "; declare it"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { timeout: 1s, route: [{ destination: { host: payment, subset: v1 } }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment
  subsets: [{ name: v1, labels: { version: v1 } }]
`,
    ],
    fail: [
      `
# expect: spec.http leads to a subset that no DestinationRule declares: payment v2; declare it
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { timeout: 1s, route: [{ destination: { host: payment, subset: v2 } }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment
  subsets: [{ name: v1, labels: { version: v1 } }]
`,
    ],
  },
};
