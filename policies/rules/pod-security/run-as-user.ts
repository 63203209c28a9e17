import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, inUserNamespace, standard } from "./standard.ts";

export const runAsUser: Rule = {
  id: "run-as-user",
  title: "No pod or container names root as its user.",
  reason: "Root in a container is root on the node as soon as one boundary fails.",
  severity: "high",
  remedy: "Remove runAsUser, or name another user than 0.",
  references: [standard, hardening, cis("5.2.7", "Minimize the admission of root containers")],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `${inUserNamespace} || pod.spec.?securityContext.?runAsUser.orValue(65532) != 0`,
      "spec.securityContext.runAsUser is 0, which is root; name another user",
    ),
    everyContainer(
      `${inUserNamespace} || container.?securityContext.?runAsUser.orValue(65532) != 0`,
      "securityContext.runAsUser is 0, which is root; name another user",
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { runAsUser: 1000 }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.securityContext.runAsUser is 0, which is root; name another user
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { runAsUser: 0 }
  containers:
    - { name: order, image: order }
`,
      `
# expect: container order: securityContext.runAsUser is 0, which is root; name another user
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { runAsUser: 0 } }
`,
    ],
  },
};
