import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, standard } from "./standard.ts";

export const hostPathVolumes: Rule = {
  id: "host-path-volumes",
  title: "No pod mounts a folder of its node.",
  reason:
    "Whoever writes to the node's files can become root there; whoever reads them finds other pods' secrets.",
  severity: "critical",
  remedy: "Use a PersistentVolumeClaim, an emptyDir or a ConfigMap instead.",
  references: [standard, hardening, cis("5.2.12", "Minimize the admission of HostPath volumes")],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      "pod.spec.?volumes.orValue([]).all(v, !v.?hostPath.hasValue())",
      "spec.volumes.hostPath mounts a folder of the node; use a volume of the pod's own",
      `pod.spec.volumes.filter(v, v.?hostPath.hasValue()).map(v, "volume " + v.name).join(", ")`,
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
`,
    ],
    fail: [
      `
# expect: volume docker: spec.volumes.hostPath mounts a folder of the node; use a volume of the pod's own
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order }
  volumes:
    - { name: docker, hostPath: { path: /var/run/docker.sock } }
    - { name: tmp, emptyDir: {} }
`,
    ],
  },
};
