import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods, text } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, standard } from "./standard.ts";

/** What container runtimes give, but for NET_RAW, which lets a pod forge packets. */
const defaults = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

export const capabilitiesBaseline: Rule = {
  id: "capabilities-baseline",
  title: "No container adds a capability beyond those that container runtimes give by default.",
  reason: "Capabilities are parts of root's power over the node: SYS_ADMIN alone is most of it.",
  severity: "high",
  remedy: "Remove the capability from securityContext.capabilities.add.",
  references: [
    standard,
    hardening,
    cis("5.2.9", "Minimize the admission of containers with added capabilities"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?securityContext.?capabilities.?add.orValue([]).all(c, c in ${text(defaults)})`,
      "securityContext.capabilities.add goes beyond what a container runtime gives; remove them",
      `container.securityContext.capabilities.add.filter(c, !(c in ${text(defaults)})).join(", ")`,
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
    - { name: order, image: order, securityContext: { capabilities: { add: [CHOWN, NET_BIND_SERVICE] } } }
`,
    ],
    fail: [
      `
# expect: container order (SYS_ADMIN, BPF): securityContext.capabilities.add goes beyond what a container runtime gives; remove them
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { capabilities: { add: [SYS_ADMIN, CHOWN, BPF] } } }
`,
    ],
  },
};
