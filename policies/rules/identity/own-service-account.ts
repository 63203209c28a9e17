import type { Rule } from "../../rule.ts";
import { cis } from "../references.ts";

const longRunning = ["Deployment", "StatefulSet", "DaemonSet", "Rollout"];

/** The account under which the pods of a workload run, a CEL string; empty for none of its own. */
const accountOf = (o: string) =>
  `([${o}.?spec.?template.?spec.?serviceAccountName.orValue(""), ${o}.?spec.?template.?spec.?serviceAccount.orValue("")]
    .filter(name, name != "") + [""])[0]`;

/**
 * What runs to its end (a Job, a CronJob, a smoke test) may use the account of the service that it belongs to; two
 * workloads that keep running may not share one. That a pod names an account at all is named-service-account's.
 */
export const ownServiceAccount: Rule = {
  id: "own-service-account",
  title: "No two workloads that keep running share a ServiceAccount.",
  reason:
    "Rights hang on the ServiceAccount, in the cluster and in the mesh: whoever shares one has the rights of the others.",
  severity: "high",
  remedy: "Give every workload a ServiceAccount of its own.",
  references: [
    {
      title: "Kubernetes, Service Accounts",
      url: "https://kubernetes.io/docs/concepts/security/service-accounts/",
    },
    cis("5.1.5", "Ensure that default service accounts are not actively used"),
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [
    { name: "account", expression: accountOf("object") },
    {
      name: "sharers",
      expression: `variables.account in ["", "default"] ? [] : neighbours.filter(o, o.kind in ${JSON.stringify(longRunning)}
        && !(o.kind == object.kind && o.metadata.name == object.metadata.name) && ${accountOf("o")} == variables.account)`,
    },
  ],
  validations: [
    {
      expression: "variables.sharers.size() == 0",
      messageExpression: `"spec.serviceAccountName is " + variables.account
        + ", and so it is in " + variables.sharers.map(o, o.kind + " " + o.metadata.name).join(", ")
        + "; give each a ServiceAccount of its own"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  template:
    spec:
      serviceAccountName: order
      containers: [{ name: order, image: order }]
---
# A job of the service may use the service's account.
apiVersion: batch/v1
kind: CronJob
metadata: { name: order-report, namespace: order }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: order
          containers: [{ name: report, image: order }]
---
# Another namespace, another account.
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: order, namespace: payment }
spec:
  template:
    spec:
      serviceAccountName: order
      containers: [{ name: order, image: order }]
---
# That both name none is for named-service-account to say.
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: collector, namespace: telemetry }
spec:
  template:
    spec:
      containers: [{ name: collector, image: collector }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gateway, namespace: telemetry }
spec:
  template:
    spec:
      containers: [{ name: gateway, image: collector }]
`,
    ],
    fail: [
      `
# expect: spec.serviceAccountName is payment, and so it is in StatefulSet payment-database; give each a ServiceAccount of its own
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: payment, namespace: payment }
spec:
  template:
    spec:
      serviceAccountName: payment
      containers: [{ name: payment, image: payment }]
---
# expect: spec.serviceAccountName is payment, and so it is in Rollout payment; give each a ServiceAccount of its own
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: payment-database, namespace: payment }
spec:
  template:
    spec:
      serviceAccount: payment
      containers: [{ name: postgres, image: postgres }]
`,
    ],
  },
};
