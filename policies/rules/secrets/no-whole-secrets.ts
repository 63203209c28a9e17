import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";

export const noWholeSecrets: Rule = {
  id: "no-whole-secrets",
  title: "No container takes all keys of a Secret into its environment.",
  reason: "It gets what it does not need, and what is added to the Secret later, unseen.",
  severity: "medium",
  remedy: "Name the keys by env.valueFrom.secretKeyRef.",
  references: [
    {
      title: "Kubernetes, Good practices for Kubernetes Secrets",
      url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      "container.?envFrom.orValue([]).all(e, !e.?secretRef.hasValue())",
      "envFrom.secretRef takes all keys of a Secret; name those that are needed by env.valueFrom.secretKeyRef",
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
      containers:
        - { name: order, image: order, envFrom: [{ configMapRef: { name: order } }] }
`,
    ],
    fail: [
      `
# expect: container order: envFrom.secretRef takes all keys of a Secret; name those that are needed by env.valueFrom.secretKeyRef
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order, envFrom: [{ secretRef: { name: order } }] }
`,
    ],
  },
};
