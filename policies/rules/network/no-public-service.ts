import type { Rule } from "../../rule.ts";

export const noPublicService: Rule = {
  id: "no-public-service",
  title: "No Service opens a way in past the gateway.",
  reason: "There no rule of the mesh holds: no authorization, no limits, no TLS of ours.",
  severity: "high",
  remedy:
    "Make it a ClusterIP, and open its API by the gateway, whose own Service selects pods of Istio's (istio: ingressgateway) or of the Gateway API's.",
  references: [
    { title: "Kubernetes, Service", url: "https://kubernetes.io/docs/concepts/services-networking/service/" },
  ],
  matchConstraints: [{ apiGroup: "", kinds: ["Service"] }],
  validations: [
    {
      expression: `!(object.?spec.?type.orValue("ClusterIP") in ["LoadBalancer", "NodePort"])
        || object.spec.?selector.?istio.orValue("").matches("gateway|ingress") || "gateway.networking.k8s.io/gateway-name" in object.spec.?selector.orValue({})`,
      messageExpression: `"spec.type is " + object.spec.type + ", a way in past the gateway; make it ClusterIP, and open its API by the gateway"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Service
metadata: { name: order, namespace: order }
spec: { ports: [{ port: 80 }], selector: { app: order } }
`,
      `
apiVersion: v1
kind: Service
metadata: { name: order, namespace: order }
spec: { type: LoadBalancer, ports: [{ port: 443 }], selector: { istio: ingressgateway } }
`,
    ],
    fail: [
      `
# expect: spec.type is NodePort, a way in past the gateway; make it ClusterIP, and open its API by the gateway
apiVersion: v1
kind: Service
metadata: { name: order, namespace: order }
spec: { type: NodePort, ports: [{ port: 80 }], selector: { app: order } }
---
# A label is not enough: it must be the gateway's.
# expect: spec.type is LoadBalancer, a way in past the gateway; make it ClusterIP, and open its API by the gateway
apiVersion: v1
kind: Service
metadata: { name: order, namespace: order }
spec: { type: LoadBalancer, ports: [{ port: 443 }], selector: { istio: order } }
`,
    ],
  },
};
