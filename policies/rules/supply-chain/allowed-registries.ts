import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, imageInWords, podKinds, pods } from "../pods.ts";
import { hardeningGuide } from "../references.ts";

/** A CEL condition. A registry ends where a part of a name does: `registry.example/shop` is not `registry.example/shop-copy`. */
function isAllowed(image: string): string {
  return `(variables.registries == [""] || variables.registries.exists(registry,
    ${image}.startsWith(registry.endsWith("/") ? registry : registry + "/")))`;
}

const ofVolume = `(v.image.?reference.orValue("") == "" ? "no image" : v.image.reference)`;

const wrong =
  "image is from a registry that the environment does not allow; push it to one that the parameter registries lists";

export const allowedRegistries: Rule = {
  id: "allowed-registries",
  title: "Every image comes from a registry that the environment allows.",
  reason: "What anybody can publish, nobody has tested.",
  severity: "high",
  remedy: "Push the image to an allowed registry; the parameter registries lists them.",
  references: [
    { title: "Kubernetes, Images", url: "https://kubernetes.io/docs/concepts/containers/images/" },
    hardeningGuide("Building secure container images"),
  ],
  matchConstraints: podKinds,
  variables: [pods, { name: "registries", expression: `params.?data.?registries.orValue("").split(",")` }],
  validations: [
    everyContainer(isAllowed(`container.?image.orValue("")`), wrong, imageInWords),
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, !v.?image.hasValue() || ${isAllowed(ofVolume)})`,
      `spec.volumes.${wrong}`,
      `pod.spec.volumes.filter(v, v.?image.hasValue() && !(${isAllowed(ofVolume)})).map(v, "volume " + v.name + " (" + ${ofVolume} + ")").join(", ")`,
    ),
  ],
  examples: {
    parameters: { registries: "registry.example/shop,mirror.example/" },
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
        - { name: proxy, image: mirror.example/proxy }
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
---
# Whoever may push to another place of the registry may call it alike.
# expect: container order (registry.example/shop-copy/order): image is from a registry that the environment does not allow; push it to one that the parameter registries lists
# expect: volume catalogue (docker.io/library/catalogue): spec.volumes.image is from a registry that the environment does not allow; push it to one that the parameter registries lists
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: order }
spec:
  containers:
    - { name: order, image: registry.example/shop-copy/order }
  volumes:
    - { name: catalogue, image: { reference: docker.io/library/catalogue } }
`,
    ],
  },
};
