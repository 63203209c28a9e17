import type { Rule } from "../rule.ts";

export const routeTimeout: Rule = {
  id: "route-timeout",
  title: "Every route has a timeout.",
  reason:
    "Without one a caller waits for a callee that hangs, and is soon full of those who wait: so an outage travels upwards.",
  severity: "high",
  remedy: "Set timeout on every route that leads to a destination.",
  references: [
    {
      title: "Istio, Traffic Management Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/traffic-management/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["VirtualService"] }],
  validations: [
    {
      expression: `object.?spec.?http.orValue([]).all(http, !http.?route.hasValue() || !(http.?timeout.orValue("0s") in ["0s", "0", ""]))`,
      messageExpression: `"spec.http holds "
        + object.spec.http.filter(http, http.?route.hasValue() && http.?timeout.orValue("0s") in ["0s", "0", ""])
          .map(http, "route " + http.?name.orValue("without a name")).join(", ") + " without a timeout; set one"`,
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
    - { timeout: 1s, route: [{ destination: { host: payment.payment.svc.cluster.local } }] }
    - { directResponse: { status: 403 } }
`,
    ],
    fail: [
      `
# expect: spec.http holds route read without a timeout; set one
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { name: read, route: [{ destination: { host: payment.payment.svc.cluster.local } }] }
`,
    ],
  },
};
