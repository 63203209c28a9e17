import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";
import { cis, hardeningGuide } from "../references.ts";

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
    cis("5.1.6", "Ensure that Service Account Tokens are only mounted where necessary"),
    hardeningGuide("Protecting Pod service account tokens"),
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
