import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, inUserNamespace, standard } from "./standard.ts";

export const runAsNonRoot: Rule = {
  id: "run-as-non-root",
  title: "Every container runs as another user than root.",
  reason: "Root in a container is root on the node as soon as one boundary fails.",
  severity: "high",
  remedy: "Set securityContext.runAsNonRoot to true for the pod.",
  references: [standard, hardening, cis("5.2.7", "Minimize the admission of root containers")],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `${inUserNamespace} || pod.spec.?securityContext.?runAsNonRoot.orValue(true) == true`,
      "spec.securityContext.runAsNonRoot is false; set it to true",
    ),
    everyContainer(
      `${inUserNamespace} || container.?securityContext.?runAsNonRoot
        .or(pod.spec.?securityContext.?runAsNonRoot).orValue(false) == true`,
      "securityContext.runAsNonRoot is not true; set it to true here or for the pod",
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { runAsNonRoot: true }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: container log: securityContext.runAsNonRoot is not true; set it to true here or for the pod
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { runAsNonRoot: true } }
    - { name: log, image: log }
`,
      `
# expect: spec.securityContext.runAsNonRoot is false; set it to true
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { runAsNonRoot: false }
  containers:
    - { name: order, image: order, securityContext: { runAsNonRoot: true } }
`,
    ],
  },
};
