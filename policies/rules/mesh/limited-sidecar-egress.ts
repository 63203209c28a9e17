import type { Rule } from "../../rule.ts";

export const limitedSidecarEgress: Rule = {
  id: "limited-sidecar-egress",
  title: "A sidecar knows whom its pod calls, and lets it call nobody else.",
  reason:
    "A sidecar that knows everything lets a pod look for whom it can reach, and holds the configuration of the whole mesh.",
  severity: "high",
  remedy: "List the hosts in egress, and set outboundTrafficPolicy.mode to REGISTRY_ONLY.",
  references: [
    { title: "Istio, Sidecar", url: "https://istio.io/latest/docs/reference/config/networking/sidecar/" },
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["Sidecar"] }],
  validations: [
    {
      expression: `object.?spec.?outboundTrafficPolicy.?mode.orValue("ALLOW_ANY") == "REGISTRY_ONLY"`,
      messageExpression: `"spec.outboundTrafficPolicy.mode is not REGISTRY_ONLY; set it"`,
    },
    {
      expression: `object.?spec.?egress.orValue([]).size() > 0 && object.spec.egress.all(e, e.?hosts.orValue([]).all(h, !h.matches("^[*]/[*]|^[*]/.*[*]|^[*]$")))`,
      messageExpression: `"spec.egress lists no hosts, or * in every namespace; list those that the pod calls"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: order, namespace: order }
spec:
  egress: [{ hosts: [payment/payment.payment.svc.cluster.local, "./*", "istio-system/*"] }]
  outboundTrafficPolicy: { mode: REGISTRY_ONLY }
`,
    ],
    fail: [
      `
# expect: spec.outboundTrafficPolicy.mode is not REGISTRY_ONLY; set it
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: order, namespace: order }
spec:
  egress: [{ hosts: [payment/payment.payment.svc.cluster.local] }]
`,
      `
# expect: spec.egress lists no hosts, or * in every namespace; list those that the pod calls
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: order, namespace: order }
spec:
  egress: [{ hosts: ["*/*"] }]
  outboundTrafficPolicy: { mode: REGISTRY_ONLY }
---
# expect: spec.egress lists no hosts, or * in every namespace; list those that the pod calls
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: everywhere, namespace: order }
spec:
  egress: [{ hosts: ["*/*.svc.cluster.local"] }]
  outboundTrafficPolicy: { mode: REGISTRY_ONLY }
`,
    ],
  },
};
