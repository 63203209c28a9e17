import { everyContainer, everyPod, podKinds, pods } from "./pods.ts";
import type { Rule } from "./rule.ts";

const pinned = "matches('@sha256:[0-9a-f]{64}$')";

/**
 * Every image is named by digest. An environment that allows unpinned images, as dev does, is judged without
 * this rule: `judge(objects, { except: [imageDigests] })`.
 */
export const imageDigests: Rule = {
  name: "image-digests",
  description: "Every image is named by its digest.",
  why: "A tag can be moved: the next pod of the same ReplicaSet could then run what nobody tested.",
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?image.orValue("").${pinned}`,
      "image names no digest; pin it as <name>@sha256:<digest>",
      `container.?image.orValue("no image")`,
    ),
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, !v.?image.hasValue() || v.image.?reference.orValue("").${pinned})`,
      "spec.volumes.image.reference names no digest; pin it as <name>@sha256:<digest>",
    ),
  ],
};
