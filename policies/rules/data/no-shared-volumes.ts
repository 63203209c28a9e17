import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";

const isOwn = `!("ReadWriteMany" in v.?ephemeral.?volumeClaimTemplate.?spec.?accessModes.orValue([]))`;

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
  matchConstraints: [{ apiGroup: "", kinds: ["PersistentVolumeClaim"] }, ...podKinds],
  variables: [
    pods,
    {
      name: "claims",
      expression: `object.kind == "PersistentVolumeClaim" ? [object.?spec]
        : object.?spec.?volumeClaimTemplates.orValue([]).map(claim, claim.?spec)`,
    },
  ],
  validations: [
    {
      expression: `variables.claims.all(claim, !("ReadWriteMany" in claim.?accessModes.orValue([])))`,
      messageExpression: `"accessModes holds ReadWriteMany; use ReadWriteOnce, and let one service own the data"`,
    },
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, ${isOwn})`,
      "the claim of an ephemeral volume holds ReadWriteMany among its accessModes; use ReadWriteOnce",
      `pod.spec.volumes.filter(v, !(${isOwn})).map(v, "volume " + v.name).join(", ")`,
    ),
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
---
# expect: accessModes holds ReadWriteMany; use ReadWriteOnce, and let one service own the data
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: files, namespace: order }
spec:
  serviceName: files
  selector: { matchLabels: { app: files } }
  template:
    metadata: { labels: { app: files } }
    spec:
      containers:
        - { name: files, image: files }
  volumeClaimTemplates:
    - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce, ReadWriteMany], resources: { requests: { storage: 1Gi } } } }
---
# expect: volume scratch: the claim of an ephemeral volume holds ReadWriteMany among its accessModes; use ReadWriteOnce
apiVersion: v1
kind: Pod
metadata: { name: report, namespace: order }
spec:
  containers:
    - { name: report, image: order }
  volumes:
    - name: scratch
      ephemeral:
        volumeClaimTemplate:
          spec: { accessModes: [ReadWriteMany], resources: { requests: { storage: 1Gi } } }
`,
    ],
  },
};
