import type { Rule } from "../../rule.ts";
import { runningKinds } from "../pods.ts";

const kinds = runningKinds.flatMap((match) => match.kinds);

/** The volumes of the pods that an object is or makes, a CEL list. */
const volumesOf = (o: string) =>
  `(${o}.kind == "Pod" ? ${o}.?spec : ${o}.?spec.?template.?spec.or(${o}.?spec.?jobTemplate.?spec.?template.?spec)
    .or(${o}.?spec.?jobTargetRef.?template.?spec)).?volumes.orValue([])`;

const isWritten = `v.?persistentVolumeClaim.hasValue() && !v.persistentVolumeClaim.?readOnly.orValue(false)`;

export const oneOwner: Rule = {
  id: "one-owner",
  title: "A volume belongs to one workload.",
  reason: "Two services that share a store cannot change its schema, or recover it, without each other.",
  severity: "high",
  remedy: "Give each workload a claim of its own, and let others ask its owner.",
  references: [
    {
      title: "Kubernetes, Persistent Volumes",
      url: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/",
    },
  ],
  matchConstraints: runningKinds,
  variables: [
    {
      name: "claims",
      expression: `${volumesOf("object")}.filter(v, ${isWritten}).map(v, v.persistentVolumeClaim.claimName)`,
    },
    {
      name: "sharers",
      expression: `variables.claims.size() == 0 ? [] : neighbours.filter(o, o.kind in ${JSON.stringify(kinds)}
        && !(o.kind == object.kind && o.metadata.name == object.metadata.name)
        && ![o, object].exists(made, made.metadata.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false)))
        && (${volumesOf("o")}.exists(v, ${isWritten} && v.persistentVolumeClaim.claimName in variables.claims)
          || (o.kind == "StatefulSet" && o.?spec.?volumeClaimTemplates.orValue([]).exists(t, variables.claims.exists(claim,
            claim.startsWith(t.metadata.name + "-" + o.metadata.name + "-")
            && claim.substring((t.metadata.name + "-" + o.metadata.name + "-").size()).matches("^[0-9]+$"))))))`,
    },
  ],
  validations: [
    {
      expression: `variables.sharers.size() == 0`,
      messageExpression: `"a claim that its volumes write to is also that of " + variables.sharers.map(o, o.kind + " " + o.metadata.name).join(", ")
        + "; give each a claim of its own"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
# It reads what the order wrote.
apiVersion: batch/v1
kind: CronJob
metadata: { name: export, namespace: order }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: export, image: order }
          volumes: [{ name: data, persistentVolumeClaim: { claimName: data, readOnly: true } }]
`,
    ],
    fail: [
      `
# expect: a claim that its volumes write to is also that of Deployment report; give each a claim of its own
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
# expect: a claim that its volumes write to is also that of Deployment order; give each a claim of its own
apiVersion: apps/v1
kind: Deployment
metadata: { name: report, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
---
# The claim that the StatefulSet makes for its first pod.
# expect: a claim that its volumes write to is also that of StatefulSet database; give each a claim of its own
apiVersion: batch/v1
kind: Job
metadata: { name: repair, namespace: payment }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: repair, image: postgres }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data-database-0 } }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: database, namespace: payment }
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
    ],
  },
};
