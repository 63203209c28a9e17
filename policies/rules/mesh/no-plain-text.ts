import type { Rule } from "../../rule.ts";
import { trafficPolicies } from "./traffic-policies.ts";

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
  variables: [
    ...trafficPolicies,
    {
      name: "modes",
      expression: `([object.?spec.?trafficPolicy.?tls] + variables.subsets.map(policy, policy.?tls)).filter(tls, tls.hasValue())
        .map(tls, tls.value())`,
    },
  ],
  validations: [
    {
      expression: `variables.modes.all(tls, tls.?mode.orValue("ISTIO_MUTUAL") != "DISABLE")
        && variables.ports.all(ports, ports.all(policy, policy.?tls.?mode.orValue("ISTIO_MUTUAL") != "DISABLE"))`,
      messageExpression: `"tls.mode of spec.trafficPolicy, of a subset or of a port is DISABLE, which is plain text; remove it"`,
    },
    {
      expression: `variables.modes.all(tls, tls.?insecureSkipVerify.orValue(false) != true)
        && variables.ports.all(ports, ports.all(policy, policy.?tls.?insecureSkipVerify.orValue(false) != true))`,
      messageExpression: `"tls.insecureSkipVerify of spec.trafficPolicy, of a subset or of a port is true; remove it"`,
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
# expect: tls.mode of spec.trafficPolicy, of a subset or of a port is DISABLE, which is plain text; remove it
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    tls: { mode: DISABLE }
`,
      `
# expect: tls.insecureSkipVerify of spec.trafficPolicy, of a subset or of a port is true; remove it
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    tls: { mode: SIMPLE, insecureSkipVerify: true }
---
# expect: tls.mode of spec.trafficPolicy, of a subset or of a port is DISABLE, which is plain text; remove it
# expect: tls.insecureSkipVerify of spec.trafficPolicy, of a subset or of a port is true; remove it
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: beneath, namespace: order }
spec:
  host: payment.payment.svc.cluster.local
  trafficPolicy:
    tls: { mode: ISTIO_MUTUAL }
    portLevelSettings: [{ port: { number: 3000 }, tls: { mode: SIMPLE, insecureSkipVerify: true } }]
  subsets:
    - { name: v1, labels: { version: v1 }, trafficPolicy: { tls: { mode: DISABLE } } }
`,
    ],
  },
};
