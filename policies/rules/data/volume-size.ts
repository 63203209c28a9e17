import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";

const ephemeralFits = `!quantity(string(v.?ephemeral.?volumeClaimTemplate.?spec.?resources.?requests.?storage.orValue("0")))
  .isGreaterThan(variables.most)`;

export const volumeSize: Rule = {
  id: "volume-size",
  title: "No volume is larger than the environment allows.",
  reason:
    "A volume grows in a minute and never shrinks; the wrong unit is paid for until the data has moved.",
  severity: "medium",
  remedy: "Ask for less, or raise the parameter mostStorage, 1Ti when it is left out.",
  references: [
    {
      title: "Kubernetes, Persistent Volumes",
      url: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
    },
  ],
  matchConstraints: [
    { apiGroup: "", kinds: ["PersistentVolumeClaim"] },
    { apiGroup: "postgresql.cnpg.io", kinds: ["Cluster"] },
    ...podKinds,
  ],
  variables: [
    pods,
    {
      name: "claims",
      expression: `object.kind == "PersistentVolumeClaim" ? [object]
        : object.?spec.?volumeClaimTemplates.orValue([])`,
    },
    {
      name: "disks",
      expression: `object.kind == "Cluster" ? ["storage", "walStorage"].filter(disk, object.?spec[?disk].?size.hasValue()) : []`,
    },
    { name: "most", expression: `quantity(params.?data.?mostStorage.orValue("1Ti"))` },
    {
      name: "large",
      expression: `variables.claims.filter(claim,
        quantity(string(claim.?spec.?resources.?requests.?storage.orValue("0"))).isGreaterThan(variables.most))`,
    },
  ],
  validations: [
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, ${ephemeralFits})`,
      "the claim of an ephemeral volume is larger than the environment allows; ask for less, or raise the parameter mostStorage",
      `pod.spec.volumes.filter(v, !(${ephemeralFits})).map(v, "volume " + v.name).join(", ")`,
    ),
    {
      expression:
        "variables.disks.all(disk, !quantity(string(object.spec[disk].size)).isGreaterThan(variables.most))",
      messageExpression: `"spec.storage or spec.walStorage is larger than the environment allows; ask for less, or raise the parameter mostStorage"`,
    },
    {
      expression: "variables.large.size() == 0",
      messageExpression: `"the volume " + variables.large.map(claim, claim.?metadata.?name.orValue("")).map(name, name == "" ? "without a name" : name).join(", ")
        + " is larger than the environment allows; ask for less, or raise the parameter mostStorage"`,
    },
  ],
  examples: {
    parameters: { mostStorage: "100Gi" },
    pass: [
      `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: order, namespace: order }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 102400Mi } } }
`,
    ],
    fail: [
      `
# expect: the volume order is larger than the environment allows; ask for less, or raise the parameter mostStorage
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: order, namespace: order }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 100.5Gi } } }
---
# expect: the volume data is larger than the environment allows; ask for less, or raise the parameter mostStorage
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: payment-database, namespace: payment }
spec:
  serviceName: payment-database
  selector: { matchLabels: { app: payment-database } }
  template:
    metadata: { labels: { app: payment-database } }
    spec:
      containers:
        - { name: postgres, image: postgres }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Ti } } }
    - metadata: { name: log }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
# expect: volume scratch: the claim of an ephemeral volume is larger than the environment allows; ask for less, or raise the parameter mostStorage
apiVersion: batch/v1
kind: Job
metadata: { name: report, namespace: order }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: report, image: order }
      volumes:
        - name: scratch
          ephemeral:
            volumeClaimTemplate:
              spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Ti } } }
---
# expect: spec.storage or spec.walStorage is larger than the environment allows; ask for less, or raise the parameter mostStorage
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: order, namespace: order }
spec: { instances: 3, storage: { size: 10Gi }, walStorage: { size: 1Ti } }
`,
    ],
  },
};
