import type { Rule } from "../../rule.ts";

export const noExternalIps: Rule = {
  id: "no-external-ips",
  title: "No Service claims addresses that are not the cluster's.",
  reason: "Whoever names an address in externalIPs gets what other pods send there.",
  severity: "critical",
  remedy: "Remove externalIPs.",
  references: [{ title: "CVE-2020-8554", url: "https://github.com/kubernetes/kubernetes/issues/97076" }],
  matchConstraints: [{ apiGroup: "", kinds: ["Service"] }],
  validations: [
    {
      expression: `object.?spec.?externalIPs.orValue([]).size() == 0`,
      messageExpression: `"spec.externalIPs takes the traffic for addresses that are not the cluster's; remove it"`,
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
    ],
    fail: [
      `
# expect: spec.externalIPs takes the traffic for addresses that are not the cluster's; remove it
apiVersion: v1
kind: Service
metadata: { name: order, namespace: order }
spec: { externalIPs: [203.0.113.9], ports: [{ port: 80 }], selector: { app: order } }
`,
    ],
  },
};
