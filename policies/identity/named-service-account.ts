import { everyPod, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

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
    { title: "CIS Kubernetes Benchmark, Policies", url: "https://www.cisecurity.org/benchmark/kubernetes" },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `!(pod.spec.?serviceAccountName.orValue("default") in ["", "default"])`,
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
`,
    ],
  },
};
