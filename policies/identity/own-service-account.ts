import { everyPod, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

const longRunning = ["Deployment", "StatefulSet", "DaemonSet", "Rollout"];

const named = `pod.spec.?serviceAccountName.orValue("default")`;

/**
 * Every pod runs under a ServiceAccount that belongs to its workload, and says whether it gets a token. What
 * runs to its end (a Job, a CronJob, a smoke test) may use the account of the service that it belongs to;
 * two workloads that keep running may not share one.
 */
export const ownServiceAccount: Rule = {
  id: "own-service-account",
  title: "Every workload runs under a ServiceAccount of its own and mounts a token only when it says so.",
  reason: "Rights hang on the ServiceAccount: whoever shares one shares the rights of the others.",
  severity: "high",
  remedy: "Give every workload a ServiceAccount of its own, and set automountServiceAccountToken.",
  references: [
    {
      title: "Kubernetes, Service Accounts",
      url: "https://kubernetes.io/docs/concepts/security/service-accounts/",
    },
    {
      title: "CIS Kubernetes Benchmark, RBAC and Service Accounts",
      url: "https://www.cisecurity.org/benchmark/kubernetes",
    },
  ],
  matchConstraints: podKinds,
  variables: [
    pods,
    {
      name: "accounts",
      expression: `neighbours.filter(o, o.kind == "ServiceAccount" && o.apiVersion == "v1")`,
    },
    {
      name: "sharers",
      expression: `!(object.kind in ${JSON.stringify(longRunning)}) ? [] : neighbours.filter(o,
        o.kind in ${JSON.stringify(longRunning)}
        && !(o.kind == object.kind && o.metadata.name == object.metadata.name)
        && o.?spec.?template.?spec.?serviceAccountName.orValue("of o")
          == object.?spec.?template.?spec.?serviceAccountName.orValue("of object"))`,
    },
  ],
  validations: [
    everyPod(
      `!(${named} in ["", "default"])`,
      "spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload",
    ),
    {
      expression: "variables.sharers.size() == 0",
      messageExpression: `"spec.serviceAccountName is " + object.spec.template.spec.serviceAccountName
        + ", and so it is in " + variables.sharers.map(o, o.kind + " " + o.metadata.name).join(", ")
        + "; give each a ServiceAccount of its own"`,
    },
    everyPod(
      `pod.spec.?automountServiceAccountToken.hasValue() || variables.accounts.exists(account,
        account.metadata.name == ${named} && account.?automountServiceAccountToken.hasValue())`,
      "spec.automountServiceAccountToken is left out, which mounts a token; set it to false, or to true for a pod that calls the Kubernetes API",
    ),
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
      automountServiceAccountToken: false
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
          automountServiceAccountToken: false
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
# Where the account itself says it, the pod need not.
apiVersion: v1
kind: ServiceAccount
metadata: { name: order, namespace: payment }
automountServiceAccountToken: false
---
# Who calls the Kubernetes API asks for the token.
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: collector, namespace: telemetry }
spec:
  template:
    spec:
      serviceAccountName: collector
      automountServiceAccountToken: true
      containers: [{ name: collector, image: collector }]
`,
    ],
    fail: [
      `
# expect: spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload
# expect: spec.automountServiceAccountToken is left out, which mounts a token; set it to false, or to true for a pod that calls the Kubernetes API
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  template:
    spec:
      containers: [{ name: order, image: order }]
---
# expect: spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload
apiVersion: batch/v1
kind: Job
metadata: { name: order-migrate, namespace: order }
spec:
  template:
    spec:
      serviceAccountName: default
      automountServiceAccountToken: false
      containers: [{ name: migrate, image: order }]
---
# expect: spec.serviceAccountName is payment, and so it is in StatefulSet payment-database; give each a ServiceAccount of its own
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: payment, namespace: payment }
spec:
  template:
    spec:
      serviceAccountName: payment
      automountServiceAccountToken: false
      containers: [{ name: payment, image: payment }]
---
# expect: spec.serviceAccountName is payment, and so it is in Rollout payment; give each a ServiceAccount of its own
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: payment-database, namespace: payment }
spec:
  template:
    spec:
      serviceAccountName: payment
      automountServiceAccountToken: false
      containers: [{ name: postgres, image: postgres }]
`,
    ],
  },
};
