import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, podKinds, pods, text } from "../pods.ts";
import { hardening, standard } from "./standard.ts";

const annotation = "container.apparmor.security.beta.kubernetes.io/";
const confined = ["RuntimeDefault", "Localhost"];

/** A CEL condition over an annotation's value, the older spelling of a profile. */
function isConfining(value: string): string {
  return `(${value} in ["", "runtime/default"] || ${value}.startsWith("localhost/"))`;
}

export const appArmorProfile: Rule = {
  id: "app-armor-profile",
  title: "No pod or container turns AppArmor's default profile off.",
  reason:
    "The profile keeps a process from what no container needs, even as root: mounting, or writing to /proc/sys.",
  severity: "high",
  remedy: "Remove appArmorProfile, or set its type to RuntimeDefault.",
  references: [standard, hardening],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `pod.spec.?securityContext.?appArmorProfile.?type.orValue("RuntimeDefault") in ${text(confined)}`,
      "spec.securityContext.appArmorProfile.type is neither RuntimeDefault nor Localhost; remove it",
    ),
    // The API server copies a pod's annotation into the field, so both are one thing to say.
    everyContainer(
      `container.?securityContext.?appArmorProfile.?type.orValue("RuntimeDefault") in ${text(confined)}
        && ${isConfining(`pod.metadata.?annotations[?"${annotation}" + container.?name.orValue("")].orValue("")`)}`,
      `its AppArmor profile, by securityContext.appArmorProfile.type or the annotation ${annotation}<container>, is neither RuntimeDefault nor Localhost; remove it`,
    ),
    everyPod(
      `pod.metadata.?annotations.orValue({}).all(key, !key.startsWith("${annotation}")
        || pod.containers.exists(c, key == "${annotation}" + c.name) || ${isConfining("pod.metadata.annotations[key]")})`,
      `an annotation ${annotation}<container> turns AppArmor off for a container that is not there; remove it`,
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { appArmorProfile: { type: RuntimeDefault } }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.securityContext.appArmorProfile.type is neither RuntimeDefault nor Localhost; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { appArmorProfile: { type: Unconfined } }
  containers:
    - { name: order, image: order }
`,
      `
# expect: container order: its AppArmor profile, by securityContext.appArmorProfile.type or the annotation container.apparmor.security.beta.kubernetes.io/<container>, is neither RuntimeDefault nor Localhost; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { appArmorProfile: { type: Unconfined } } }
`,
      `
# expect: container order: its AppArmor profile, by securityContext.appArmorProfile.type or the annotation container.apparmor.security.beta.kubernetes.io/<container>, is neither RuntimeDefault nor Localhost; remove it
# expect: an annotation container.apparmor.security.beta.kubernetes.io/<container> turns AppArmor off for a container that is not there; remove it
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata:
      labels: { app: order }
      annotations:
        container.apparmor.security.beta.kubernetes.io/order: unconfined
        container.apparmor.security.beta.kubernetes.io/gone: unconfined
    spec:
      containers:
        - { name: order, image: order }
`,
    ],
  },
};
