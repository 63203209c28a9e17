import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, podKinds, pods, text } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, onWindows, standard } from "./standard.ts";

const confined = ["RuntimeDefault", "Localhost"];

export const seccompProfileRestricted: Rule = {
  id: "seccomp-profile-restricted",
  title: "Every container has a seccomp profile.",
  reason: "Kubernetes sets none by itself, and a process may then make every system call.",
  severity: "high",
  remedy: "Set securityContext.seccompProfile.type to RuntimeDefault for the pod.",
  references: [
    standard,
    hardening,
    cis("5.7.2", "Ensure that the seccomp profile is set in your Pod definitions"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `${onWindows} || pod.spec.?securityContext.?seccompProfile.?type.orValue("RuntimeDefault") in ${text(confined)}`,
      "spec.securityContext.seccompProfile.type is neither RuntimeDefault nor Localhost; set it to RuntimeDefault",
    ),
    everyContainer(
      `${onWindows} || container.?securityContext.?seccompProfile
        .or(pod.spec.?securityContext.?seccompProfile).?type.orValue("none") in ${text(confined)}`,
      "securityContext.seccompProfile is missing or unconfined; set its type to RuntimeDefault here or for the pod",
    ),
  ],
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
# expect: container log: securityContext.seccompProfile is missing or unconfined; set its type to RuntimeDefault here or for the pod
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { seccompProfile: { type: RuntimeDefault } } }
    - { name: log, image: log }
`,
      `
# expect: spec.securityContext.seccompProfile.type is neither RuntimeDefault nor Localhost; set it to RuntimeDefault
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { seccompProfile: { type: Unconfined } }
  containers:
    - { name: order, image: order, securityContext: { seccompProfile: { type: RuntimeDefault } } }
`,
    ],
  },
};
