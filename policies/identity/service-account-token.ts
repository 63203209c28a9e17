import { everyPod, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

export const serviceAccountToken: Rule = {
  id: "service-account-token",
  title: "Every pod says whether it gets a token of the Kubernetes API.",
  reason:
    "Left out, a token is mounted, and whoever breaks into the pod speaks to the API server as the pod.",
  severity: "medium",
  remedy: "Set automountServiceAccountToken to false, or to true for a pod that calls the Kubernetes API.",
  references: [
    {
      title: "Kubernetes, Service Accounts",
      url: "https://kubernetes.io/docs/concepts/security/service-accounts/",
    },
    { title: "CIS Kubernetes Benchmark, Policies", url: "https://www.cisecurity.org/benchmark/kubernetes" },
    {
      title: "NSA/CISA Kubernetes Hardening Guide",
      url: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      "pod.spec.?automountServiceAccountToken.hasValue()",
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
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      automountServiceAccountToken: false
      containers:
        - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.automountServiceAccountToken is left out, which mounts a token; set it to false, or to true for a pod that calls the Kubernetes API
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
