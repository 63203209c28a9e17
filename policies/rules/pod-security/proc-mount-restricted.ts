import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { standard } from "./standard.ts";

export const procMountRestricted: Rule = {
  id: "proc-mount-restricted",
  title: "No container sees what its runtime hides of /proc.",
  reason: "Unmasked, /proc tells a process much about its node that no service needs.",
  severity: "medium",
  remedy: "Remove securityContext.procMount.",
  references: [standard],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?securityContext.?procMount.orValue("Default") == "Default"`,
      "securityContext.procMount is not Default; remove it",
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostUsers: false
  containers:
    - { name: order, image: order, securityContext: { procMount: Default } }
`,
    ],
    fail: [
      `
# expect: container order: securityContext.procMount is not Default; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostUsers: false
  containers:
    - { name: order, image: order, securityContext: { procMount: Unmasked } }
`,
    ],
  },
};
