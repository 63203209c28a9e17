import type { Rule } from "../rule.ts";

export const backups: Rule = {
  id: "backups",
  title: "Every store that keeps data is backed up.",
  reason: "A deleted claim, a bad migration or a lost disk is otherwise the end of the data.",
  severity: "high",
  remedy:
    "Name the volumes for Velero in the annotation backup.velero.io/backup-volumes of the pod template, or give the Cluster of CloudNativePG a spec.backup.",
  references: [
    { title: "Velero, File System Backup", url: "https://velero.io/docs/main/file-system-backup/" },
    { title: "CloudNativePG, Backup", url: "https://cloudnative-pg.io/documentation/current/backup/" },
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["StatefulSet"] },
    { apiGroup: "postgresql.cnpg.io", kinds: ["Cluster"] },
  ],
  validations: [
    {
      expression: `object.kind != "StatefulSet" || object.?spec.?volumeClaimTemplates.orValue([]).size() == 0
        || object.spec.template.?metadata.?annotations[?"backup.velero.io/backup-volumes"].orValue("") != ""`,
      messageExpression: `"its pod template has no annotation backup.velero.io/backup-volumes; name the volumes that are to be backed up"`,
    },
    {
      expression: `object.kind != "Cluster" || object.?spec.?backup.hasValue()`,
      messageExpression: `"spec.backup is left out; say where backups go"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: database, namespace: order }
spec:
  serviceName: database
  selector: { matchLabels: { app: database } }
  template:
    metadata: { labels: { app: database }, annotations: { backup.velero.io/backup-volumes: data } }
    spec:
      containers:
        - { name: postgres, image: postgres }
  volumeClaimTemplates:
    - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
`,
    ],
    fail: [
      `
# expect: its pod template has no annotation backup.velero.io/backup-volumes; name the volumes that are to be backed up
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: database, namespace: order }
spec:
  serviceName: database
  selector: { matchLabels: { app: database } }
  template:
    metadata: { labels: { app: database } }
    spec:
      containers:
        - { name: postgres, image: postgres }
  volumeClaimTemplates:
    - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
`,
      `
# expect: spec.backup is left out; say where backups go
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: order, namespace: order }
spec: { instances: 3 }
`,
    ],
  },
};
