import type { Rule } from "../../rule.ts";
import { leads } from "./routes.ts";

/** A CEL condition: a text such as 1.5s is no time, in whatever unit. */
const isEndless = (time: string) => `${time}.matches("^[0.hmsuµn]*$")`;

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
  matchConstraints: [
    { apiGroup: "networking.istio.io", kinds: ["VirtualService"] },
    { apiGroup: "gateway.networking.k8s.io", kinds: ["HTTPRoute"] },
  ],
  variables: [
    {
      name: "endless",
      expression: `object.?spec.?http.orValue([]).filter(http, ${leads} && ${isEndless('http.?timeout.orValue("")')})
        + object.?spec.?rules.orValue([]).filter(rule, rule.?backendRefs.orValue([]).size() > 0
          && ${isEndless('rule.?timeouts.?request.orValue("")')} && ${isEndless('rule.?timeouts.?backendRequest.orValue("")')})`,
    },
  ],
  validations: [
    {
      expression: "variables.endless.size() == 0",
      messageExpression: `variables.endless.map(route, "route " + route.?name.orValue("without a name")).join(", ")
        + " has no timeout; set one"`,
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
    - { name: canary, timeout: 1.5s, delegate: { name: payment-canary, namespace: payment } }
---
# A delegate, which is without hosts, has the timeout of whoever delegates to it.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: payment-canary, namespace: payment }
spec:
  http:
    - { route: [{ destination: { host: payment, subset: stable } }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: order, namespace: order }
spec:
  rules:
    - { backendRefs: [{ name: order, port: 80 }], timeouts: { request: 10s } }
    - { filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] }
`,
    ],
    fail: [
      `
# expect: route read, route without a name has no timeout; set one
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { name: read, route: [{ destination: { host: payment.payment.svc.cluster.local } }] }
    - { delegate: { name: payment, namespace: payment } }
---
# expect: route read has no timeout; set one
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: order, namespace: order }
spec:
  rules:
    - { name: read, backendRefs: [{ name: order, port: 80 }], timeouts: { request: 0s } }
`,
    ],
  },
};
