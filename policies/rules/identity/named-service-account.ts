import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";

export const namedServiceAccount: Rule = {
  id: "named-service-account",
  title: "Every pod names the ServiceAccount that it runs under.",
  reason:
    "The account default is everybody's: whatever it is given, every pod of the namespace has that leaves the field out.",
  severity: "high",
  remedy: "Set serviceAccountName to an account of the workload's own.",
  references: [
    {
      title: "Kubernetes, Service Accounts",
      url: "https://kubernetes.io/docs/concepts/security/service-accounts/",
    },
    cis("5.1.5", "Ensure that default service accounts are not actively used"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      // The older name of the field, which the API server copies into the newer one.
      `!(([pod.spec.?serviceAccountName.orValue(""), pod.spec.?serviceAccount.orValue("")].filter(name, name != "")
        + ["default"])[0] == "default")`,
      "spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload",
    ),
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
      serviceAccountName: order
      containers:
        - { name: order, image: order }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: collector, namespace: telemetry }
spec:
  selector: { matchLabels: { app: collector } }
  template:
    metadata: { labels: { app: collector } }
    spec:
      serviceAccount: collector
      containers:
        - { name: collector, image: collector }
`,
    ],
    fail: [
      `
# expect: spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload
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
---
# expect: spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload
apiVersion: batch/v1
kind: Job
metadata: { name: order-migrate, namespace: order }
spec:
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: default
      containers:
        - { name: migrate, image: order }
`,
    ],
  },
};
