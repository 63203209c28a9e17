import { everyContainer, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";
import { hardening, standard } from "./standard.ts";

export const privileged: Rule = {
  id: "privileged",
  title: "No container is privileged.",
  reason: "A privileged container is root on the node: every boundary is lifted.",
  severity: "critical",
  remedy: "Remove securityContext.privileged.",
  references: [standard, hardening],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      "container.?securityContext.?privileged.orValue(false) == false",
      "securityContext.privileged is true, which lifts every boundary; remove it",
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
    - { name: order, image: order, securityContext: { privileged: false } }
`,
    ],
    fail: [
      `
# expect: container order: securityContext.privileged is true, which lifts every boundary; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { privileged: true } }
`,
    ],
  },
};
