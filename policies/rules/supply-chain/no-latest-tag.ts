import type { Rule } from "../../rule.ts";
import { everyContainer, imageInWords, podKinds, pods } from "../pods.ts";

export const noLatestTag: Rule = {
  id: "no-latest-tag",
  title: "No image is named by the tag latest, or by none.",
  reason: "Such a name is another program tomorrow, and a roll-back gets the same as a roll-out.",
  severity: "medium",
  remedy: "Name a version, or better a digest.",
  references: [
    { title: "Kubernetes, Images", url: "https://kubernetes.io/docs/concepts/containers/images/" },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?image.orValue("").matches("(@sha256:[0-9a-f]{64}|:[^/:@]+)$") && !container.image.endsWith(":latest")`,
      "image has no tag or the tag latest; name a version, or better a digest",
      imageInWords,
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
        - { name: order, image: "registry.example:5000/order:1.2.0" }
`,
    ],
    fail: [
      `
# expect: container order (registry.example:5000/order), container log (log:latest): image has no tag or the tag latest; name a version, or better a digest
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: "registry.example:5000/order" }
        - { name: log, image: "log:latest" }
`,
    ],
  },
};
