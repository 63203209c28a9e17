import type { Rule } from "../../rule.ts";
import { everySecurityContext, podKinds, pods, text } from "../pods.ts";
import { standard } from "./standard.ts";

const confinedTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

export const seLinuxOptions: Rule = {
  id: "se-linux-options",
  title: "No pod or container leaves SELinux's confined container types, or names a user or role.",
  reason: "Another type, such as spc_t, lifts what SELinux keeps a container from.",
  severity: "high",
  remedy: "Remove seLinuxOptions.",
  references: [standard],
  matchConstraints: podKinds,
  variables: [pods],
  validations: everySecurityContext(
    (at) =>
      `(${at}.?seLinuxOptions.?type.orValue("") in ${text(confinedTypes)}
        && ${at}.?seLinuxOptions.?user.orValue("") == "" && ${at}.?seLinuxOptions.?role.orValue("") == "")`,
    "seLinuxOptions leaves the confined container types, or names a user or role; remove it",
  ),
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { seLinuxOptions: { type: container_t, level: "s0:c123,c456" } }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.securityContext.seLinuxOptions leaves the confined container types, or names a user or role; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { seLinuxOptions: { type: spc_t } }
  containers:
    - { name: order, image: order }
`,
      `
# expect: container order: securityContext.seLinuxOptions leaves the confined container types, or names a user or role; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { seLinuxOptions: { role: sysadm_r } } }
`,
    ],
  },
};
