import { everyContainer, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

export const allowedRegistries: Rule = {
  id: "allowed-registries",
  title: "Every image comes from a registry that the environment allows.",
  reason: "What anybody can publish, nobody has tested.",
  severity: "high",
  remedy: "Push the image to an allowed registry; the parameter registries lists them.",
  references: [
    { title: "Kubernetes, Images", url: "https://kubernetes.io/docs/concepts/containers/images/" },
    {
      title: "NSA/CISA Kubernetes Hardening Guide",
      url: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods, { name: "registries", expression: `params.?data.?registries.orValue("").split(",")` }],
  validations: [
    everyContainer(
      `variables.registries == [""] || variables.registries.exists(registry, container.?image.orValue("").startsWith(registry))`,
      "image is from a registry that the environment does not allow; push it to one that the parameter registries lists",
      `container.?image.orValue("no image")`,
    ),
  ],
  examples: {
    parameters: { registries: "registry.example/" },
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
        - { name: order, image: registry.example/shop/order }
`,
    ],
    fail: [
      `
# expect: container order (order): image is from a registry that the environment does not allow; push it to one that the parameter registries lists
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
