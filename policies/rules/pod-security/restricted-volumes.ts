import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";
import { standard } from "./standard.ts";

const types = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** A CEL condition: the API server lets a volume be of one type only, and of none it makes an emptyDir. */
const isRestricted = `(!v.exists(key, key != "name") || ${types.map((type) => `v.?${type}.hasValue()`).join(" || ")})`;

export const restrictedVolumes: Rule = {
  id: "restricted-volumes",
  title: "Every volume is of a type that shows a pod nothing but its own.",
  reason: "The other types reach the node's disks or a network's storage past every claim and quota.",
  severity: "high",
  remedy: "Use one of the types that the message lists.",
  references: [standard],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, ${isRestricted})`,
      `the volume is of a type that is none of ${types.join(", ")}; use one of these`,
      `pod.spec.volumes.filter(v, !(${isRestricted})).map(v, "volume " + v.name).join(", ")`,
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order }
  volumes:
    - { name: tmp, emptyDir: {} }
    - { name: settings, configMap: { name: order } }
`,
    ],
    fail: [
      `
# expect: volume share: the volume is of a type that is none of configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected, secret; use one of these
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order }
  volumes:
    - { name: share, nfs: { server: nfs.example, path: / } }
    - { name: tmp, emptyDir: {} }
`,
    ],
  },
};
