import type { Rule } from "../../rule.ts";

export const strictMtls: Rule = {
  id: "strict-mtls",
  title: "Every pod of the mesh speaks mutual TLS only.",
  reason: "Where plain text is taken, every rule about who may call is a suggestion.",
  severity: "critical",
  remedy: "Set mtls.mode to STRICT, and portLevelMtls to nothing else.",
  references: [
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [{ apiGroup: "security.istio.io", kinds: ["PeerAuthentication"] }],
  validations: [
    {
      expression: `object.?spec.?mtls.?mode.orValue("UNSET") == "STRICT"`,
      messageExpression: `"spec.mtls.mode is " + object.?spec.?mtls.?mode.orValue("not set") + "; set it to STRICT"`,
    },
    {
      expression: `object.?spec.?portLevelMtls.orValue({}).all(port, object.spec.portLevelMtls[port].?mode.orValue("UNSET") == "STRICT")`,
      messageExpression: `"spec.portLevelMtls holds another mode than STRICT; remove it"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: order, namespace: order }
spec:
  mtls: { mode: STRICT }
`,
    ],
    fail: [
      `
# expect: spec.mtls.mode is PERMISSIVE; set it to STRICT
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: order, namespace: order }
spec:
  mtls: { mode: PERMISSIVE }
`,
      `
# expect: spec.portLevelMtls holds another mode than STRICT; remove it
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  mtls: { mode: STRICT }
  portLevelMtls: { 8080: { mode: DISABLE } }
`,
    ],
  },
};
