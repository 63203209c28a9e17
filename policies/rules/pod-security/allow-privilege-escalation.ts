import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, onWindows, standard } from "./standard.ts";

export const allowPrivilegeEscalation: Rule = {
  id: "allow-privilege-escalation",
  title: "No process gains more rights than the one that started it.",
  reason: "A set-user-ID program in an image would make root of any user.",
  severity: "high",
  remedy: "Set securityContext.allowPrivilegeEscalation to false in every container.",
  references: [
    standard,
    hardening,
    cis("5.2.6", "Minimize the admission of containers with allowPrivilegeEscalation"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `${onWindows} || container.?securityContext.?allowPrivilegeEscalation.orValue(true) == false`,
      "securityContext.allowPrivilegeEscalation is not false; set it to false",
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
    - { name: order, image: order, securityContext: { allowPrivilegeEscalation: false } }
`,
    ],
    fail: [
      `
# expect: container order: securityContext.allowPrivilegeEscalation is not false; set it to false
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order }
    - { name: log, image: order, securityContext: { allowPrivilegeEscalation: false } }
`,
    ],
  },
};
