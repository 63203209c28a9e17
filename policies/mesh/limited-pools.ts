import type { Rule } from "../rule.ts";

export const limitedPools: Rule = {
  id: "limited-pools",
  title: "Every destination has a bounded pool of connections.",
  reason: "Unbounded, the callers of a slow service open connections until it, or they, run out of memory.",
  severity: "medium",
  remedy: "Set connectionPool.tcp.maxConnections, and for HTTP http1MaxPendingRequests or http2MaxRequests.",
  references: [
    {
      title: "Istio, DestinationRule",
      url: "https://istio.io/latest/docs/reference/config/networking/destination-rule/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["DestinationRule"] }],
  validations: [
    {
      expression: `object.?spec.?trafficPolicy.?connectionPool.?tcp.?maxConnections.orValue(0) > 0
        || object.?spec.?trafficPolicy.?connectionPool.?http.?http2MaxRequests.orValue(0) > 0`,
      messageExpression: `"spec.trafficPolicy.connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests; set one"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 100 } }
`,
    ],
    fail: [
      `
# expect: spec.trafficPolicy.connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests; set one
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    loadBalancer: { simple: LEAST_REQUEST }
`,
    ],
  },
};
