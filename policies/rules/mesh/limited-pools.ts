import type { Rule } from "../../rule.ts";
import { trafficPolicies } from "./traffic-policies.ts";

/** A CEL condition. A sidecar has no more ports than 65535 towards an address: what is more bounds nothing. */
const bounded = (policy: string) =>
  `["tcp", "http"].exists(kind, ["maxConnections", "http2MaxRequests"].exists(field,
    ${policy}.?connectionPool[?kind][?field].orValue(0) > 0 && ${policy}.?connectionPool[?kind][?field].orValue(0) <= 65535))`;

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
  variables: trafficPolicies,
  validations: [
    {
      expression: bounded("object.?spec.?trafficPolicy"),
      messageExpression: `"spec.trafficPolicy.connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one"`,
    },
    {
      expression: `variables.subsets.all(policy, !policy.?connectionPool.hasValue() || ${bounded("policy")})`,
      messageExpression: `"the connectionPool of a subset takes the place of that of spec.trafficPolicy, and bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one"`,
    },
    {
      expression: `variables.ports.all(ports, ports.all(policy, ${bounded("policy")}))`,
      messageExpression: `"portLevelSettings inherits nothing, and its connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one"`,
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
# expect: spec.trafficPolicy.connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    loadBalancer: { simple: LEAST_REQUEST }
---
# What Istio itself takes where nothing is said; a subset without a bound; and a port that inherits none.
# expect: spec.trafficPolicy.connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one
# expect: the connectionPool of a subset takes the place of that of spec.trafficPolicy, and bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one
# expect: portLevelSettings inherits nothing, and its connectionPool bounds neither tcp.maxConnections nor http.http2MaxRequests, or by more than 65535; set one
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: unlimited, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 2147483647 } }
    portLevelSettings: [{ port: { number: 3000 }, loadBalancer: { simple: LEAST_REQUEST } }]
  subsets:
    - { name: v1, labels: { version: v1 }, trafficPolicy: { connectionPool: { tcp: { connectTimeout: 1s } } } }
    - { name: v2, labels: { version: v2 }, trafficPolicy: { loadBalancer: { simple: RANDOM } } }
`,
    ],
  },
};
