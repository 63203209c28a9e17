import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, onWindows, standard } from "./standard.ts";

export const capabilitiesRestricted: Rule = {
  id: "capabilities-restricted",
  title: "Every container drops all capabilities, and adds none but NET_BIND_SERVICE.",
  reason: "What a runtime gives by default, changing owners and modes of files for one, no service needs.",
  severity: "high",
  remedy: "Set securityContext.capabilities.drop to [ALL].",
  references: [
    standard,
    hardening,
    cis("5.2.10", "Minimize the admission of containers with capabilities assigned"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `${onWindows} || "ALL" in container.?securityContext.?capabilities.?drop.orValue([])`,
      "securityContext.capabilities.drop lacks ALL; add it",
    ),
    everyContainer(
      `${onWindows} || container.?securityContext.?capabilities.?add.orValue([]).all(c, c == "NET_BIND_SERVICE")`,
      "securityContext.capabilities.add may hold NET_BIND_SERVICE and nothing else; remove the rest",
      `container.securityContext.capabilities.add.filter(c, c != "NET_BIND_SERVICE").join(", ")`,
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
    - { name: order, image: order, securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } } }
`,
    ],
    fail: [
      `
# expect: container log: securityContext.capabilities.drop lacks ALL; add it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { capabilities: { drop: [ALL] } } }
    - { name: log, image: order, securityContext: { capabilities: { drop: [NET_RAW] } } }
`,
      `
# expect: container order (CHOWN): securityContext.capabilities.add may hold NET_BIND_SERVICE and nothing else; remove the rest
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { capabilities: { drop: [ALL], add: [CHOWN, NET_BIND_SERVICE] } } }
`,
    ],
  },
};
