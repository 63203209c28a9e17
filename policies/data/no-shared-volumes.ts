import type { Rule } from "../rule.ts";

export const noSharedVolumes: Rule = {
  id: "no-shared-volumes",
  title: "No volume can be written to from several nodes.",
  reason: "Two services that write to one volume share a store, and neither can change it alone.",
  severity: "medium",
  remedy: "Use ReadWriteOnce, or better ReadWriteOncePod, and let one service own the data.",
  references: [
    {
      title: "Kubernetes, Persistent Volumes",
      url: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
    },
  ],
  matchConstraints: [
    { apiGroup: "", kinds: ["PersistentVolumeClaim"] },
    { apiGroup: "apps", kinds: ["StatefulSet"] },
  ],
  variables: [
    {
      name: "claims",
      expression: `object.kind == "PersistentVolumeClaim" ? [object.spec]
        : object.?spec.?volumeClaimTemplates.orValue([]).map(claim, claim.spec)`,
    },
  ],
  validations: [
    {
      expression: `variables.claims.all(claim, !("ReadWriteMany" in claim.?accessModes.orValue([])))`,
      messageExpression: `"accessModes holds ReadWriteMany; use ReadWriteOnce, and let one service own the data"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: order, namespace: order }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`,
    ],
    fail: [
      `
# expect: accessModes holds ReadWriteMany; use ReadWriteOnce, and let one service own the data
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: order, namespace: order }
spec: { accessModes: [ReadWriteMany], resources: { requests: { storage: 1Gi } } }
`,
    ],
  },
};
