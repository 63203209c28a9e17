import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, imageInWords, podKinds, pods } from "../pods.ts";

const pinned = "matches('@sha256:[0-9a-f]{64}$')";

/**
 * Every image is named by digest. An environment that allows unpinned images, as dev does, is judged without
 * this rule: `judge(objects, { except: [imageDigests] })`.
 */
export const imageDigests: Rule = {
  id: "image-digests",
  title: "Every image is named by its digest.",
  reason: "A tag can be moved: the next pod of the same ReplicaSet could then run what nobody tested.",
  severity: "high",
  remedy: "Pin every image as <name>@sha256:<digest>.",
  references: [
    {
      title: "Kubernetes, Images",
      url: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?image.orValue("").${pinned}`,
      "image names no digest; pin it as <name>@sha256:<digest>",
      imageInWords,
    ),
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, !v.?image.hasValue() || v.image.?reference.orValue("").${pinned})`,
      "spec.volumes.image.reference names no digest; pin it as <name>@sha256:<digest>",
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec:
  template:
    spec:
      initContainers:
        - {
            name: wait,
            image: "mountainpass/busybox@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          }
      containers:
        - {
            name: order,
            image: "mountainpass/order:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          }
      volumes:
        - { name: tmp, emptyDir: {} }
        - {
            name: catalogue,
            image:
              {
                reference: "mountainpass/catalogue@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
              },
          }
`,
    ],
    fail: [
      `
# expect: container order (mountainpass/order:1.4.2), container wait (busybox): image names no digest; pin it as <name>@sha256:<digest>
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      initContainers:
        - { name: wait, image: busybox }
      containers:
        - { name: order, image: "mountainpass/order:1.4.2" }
        - {
            name: proxy,
            image: "mountainpass/proxy@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
          }
---
# A digest that is none.
# expect: container report (mountainpass/order@sha256:latest): image names no digest; pin it as <name>@sha256:<digest>
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: order }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: report, image: "mountainpass/order@sha256:latest" }
---
# expect: container nothing (busybox): image names no digest; pin it as <name>@sha256:<digest>
# expect: spec.volumes.image.reference names no digest; pin it as <name>@sha256:<digest>
apiVersion: apps/v1
kind: Deployment
metadata: { name: debug, namespace: order }
spec:
  selector: { matchLabels: { app: debug } }
  template:
    metadata: { labels: { app: debug } }
    spec:
      containers:
        - { name: nothing, image: busybox }
      volumes:
        - { name: catalogue, image: { reference: "mountainpass/catalogue:1" } }
`,
    ],
  },
};
