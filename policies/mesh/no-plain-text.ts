import type { Rule } from "../rule.ts";

export const noPlainText: Rule = {
  id: "no-plain-text",
  title: "No destination is spoken to in plain text, or without looking at its certificate.",
  reason: "Whoever stands between reads and changes what is said.",
  severity: "critical",
  remedy: "Remove tls.mode DISABLE and insecureSkipVerify.",
  references: [
    {
      title: "Istio, DestinationRule",
      url: "https://istio.io/latest/docs/reference/config/networking/destination-rule/",
    },
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["DestinationRule"] }],
  validations: [
    {
      expression: `object.?spec.?trafficPolicy.?tls.?mode.orValue("ISTIO_MUTUAL") != "DISABLE"`,
      messageExpression: `"spec.trafficPolicy.tls.mode is DISABLE, which is plain text; remove it"`,
    },
    {
      expression: `object.?spec.?trafficPolicy.?tls.?insecureSkipVerify.orValue(false) == false`,
      messageExpression: `"spec.trafficPolicy.tls.insecureSkipVerify is true; remove it"`,
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
    tls: { mode: ISTIO_MUTUAL }
`,
    ],
    fail: [
      `
# expect: spec.trafficPolicy.tls.mode is DISABLE, which is plain text; remove it
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    tls: { mode: DISABLE }
`,
      `
# expect: spec.trafficPolicy.tls.insecureSkipVerify is true; remove it
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    tls: { mode: SIMPLE, insecureSkipVerify: true }
`,
    ],
  },
};
