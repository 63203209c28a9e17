import type { Rule } from "../../rule.ts";

export const backups: Rule = {
  id: "backups",
  title: "Every store that keeps data is backed up.",
  reason: "A deleted claim, a bad migration or a lost disk is otherwise the end of the data.",
  severity: "high",
  remedy:
    "Name every volume for Velero in the pod template, in the annotation backup.velero.io/backup-volumes, or in backup.velero.io/backup-volumes-excludes if it holds nothing to keep; give a Cluster of CloudNativePG a spec.backup, or a plugin that archives.",
  references: [
    { title: "Velero, File System Backup", url: "https://velero.io/docs/main/file-system-backup/" },
    { title: "CloudNativePG, Backup", url: "https://cloudnative-pg.io/documentation/current/backup/" },
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
    { apiGroup: "postgresql.cnpg.io", kinds: ["Cluster"] },
  ],
  variables: [
    {
      name: "named",
      expression: `["backup.velero.io/backup-volumes", "backup.velero.io/backup-volumes-excludes"]
        .map(key, object.?spec.?template.?metadata.?annotations[?key].orValue("")).join(",").split(",").map(name, name.trim())`,
    },
    {
      name: "forgotten",
      expression: `(object.?spec.?volumeClaimTemplates.orValue([]).map(claim, claim.?metadata.?name.orValue("")).map(name, name == "" ? "without a name" : name)
          + object.?spec.?template.?spec.?volumes.orValue([]).filter(v, v.?persistentVolumeClaim.hasValue()
            && !v.persistentVolumeClaim.?readOnly.orValue(false)).map(v, v.name))
        .filter(name, !(name in variables.named))`,
    },
  ],
  validations: [
    {
      expression: "variables.forgotten.size() == 0",
      messageExpression: `"volume " + variables.forgotten.join(", ")
        + ": the annotation backup.velero.io/backup-volumes of the pod template does not name it; name it, or in backup.velero.io/backup-volumes-excludes if it holds nothing to keep"`,
    },
    {
      expression: `object.kind != "Cluster" || object.?spec.?backup.?barmanObjectStore.hasValue()
        || object.?spec.?backup.?volumeSnapshot.hasValue()
        || object.?spec.?plugins.orValue([]).exists(p, p.?isWALArchiver.orValue(false))`,
      messageExpression: `"spec.backup says no place for backups, and no plugin archives; say where backups go"`,
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
    metadata: { labels: { app: database }, annotations: { backup.velero.io/backup-volumes: "data, log", backup.velero.io/backup-volumes-excludes: cache } }
    spec:
      containers:
        - { name: postgres, image: postgres }
  volumeClaimTemplates:
    - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
    - { metadata: { name: log }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
    - { metadata: { name: cache }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
---
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: order, namespace: order }
spec:
  instances: 3
  plugins: [{ name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: { barmanObjectName: order } }]
`,
    ],
    fail: [
      `
# expect: volume data: the annotation backup.velero.io/backup-volumes of the pod template does not name it; name it, or in backup.velero.io/backup-volumes-excludes if it holds nothing to keep
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
# expect: spec.backup says no place for backups, and no plugin archives; say where backups go
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: order, namespace: order }
spec: { instances: 3 }
---
# Another volume is named.
# expect: volume files: the annotation backup.velero.io/backup-volumes of the pod template does not name it; name it, or in backup.velero.io/backup-volumes-excludes if it holds nothing to keep
apiVersion: apps/v1
kind: Deployment
metadata: { name: files, namespace: order }
spec:
  selector: { matchLabels: { app: files } }
  template:
    metadata: { labels: { app: files }, annotations: { backup.velero.io/backup-volumes: data } }
    spec:
      containers:
        - { name: files, image: files }
      volumes:
        - { name: files, persistentVolumeClaim: { claimName: data } }
        - { name: tmp, emptyDir: {} }
`,
    ],
  },
};
