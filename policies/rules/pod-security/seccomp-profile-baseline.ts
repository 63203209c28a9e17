import type { Rule } from "../../rule.ts";
import { everySecurityContext, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, standard } from "./standard.ts";

export const seccompProfileBaseline: Rule = {
  id: "seccomp-profile-baseline",
  title: "No pod or container turns the seccomp profile off.",
  reason: "Without the profile a process may make system calls that have broken out of containers before.",
  severity: "high",
  remedy: "Set seccompProfile.type to RuntimeDefault.",
  references: [
    standard,
    hardening,
    cis("5.7.2", "Ensure that the seccomp profile is set in your Pod definitions"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: everySecurityContext(
    (at) => `${at}.?seccompProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"]`,
    "seccompProfile.type is neither RuntimeDefault nor Localhost; set it to RuntimeDefault",
  ),
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { seccompProfile: { type: RuntimeDefault } }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.securityContext.seccompProfile.type is neither RuntimeDefault nor Localhost; set it to RuntimeDefault
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: order, image: order }
`,
      `
# expect: container order: securityContext.seccompProfile.type is neither RuntimeDefault nor Localhost; set it to RuntimeDefault
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { seccompProfile: { type: Unconfined } } }
`,
    ],
  },
};
