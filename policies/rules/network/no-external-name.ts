import type { Rule } from "../../rule.ts";

export const noExternalName: Rule = {
  id: "no-external-name",
  title: "No Service is an alias of a name outside.",
  reason: "No policy sees where an alias leads, and whoever may change it leads callers elsewhere.",
  severity: "medium",
  remedy: "Declare the external service, in a mesh as a ServiceEntry.",
  references: [
    { title: "Kubernetes, Service", url: "https://kubernetes.io/docs/concepts/services-networking/service/" },
  ],
  matchConstraints: [{ apiGroup: "", kinds: ["Service"] }],
  validations: [
    {
      expression: `object.?spec.?type.orValue("ClusterIP") != "ExternalName"`,
      messageExpression: `"spec.type is ExternalName, an alias that no policy sees through; declare the external service instead"`,
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
# expect: spec.type is ExternalName, an alias that no policy sees through; declare the external service instead
apiVersion: v1
kind: Service
metadata: { name: order, namespace: order }
spec: { type: ExternalName, externalName: bank.example }
`,
    ],
  },
};
