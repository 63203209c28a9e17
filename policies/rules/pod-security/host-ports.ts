import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, standard } from "./standard.ts";

export const hostPorts: Rule = {
  id: "host-ports",
  title: "No container opens a port of its node.",
  reason:
    "A node's port is reached past Services and network policies, and keeps a second such pod off the node.",
  severity: "high",
  remedy: "Remove ports.hostPort, and use a Service.",
  references: [
    standard,
    hardening,
    cis("5.2.13", "Minimize the admission of containers which use HostPorts"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      "container.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)",
      "ports.hostPort opens a port of the node; remove it and use a Service",
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
    - { name: order, image: order, ports: [{ containerPort: 8080 }] }
`,
    ],
    fail: [
      `
# expect: container order: ports.hostPort opens a port of the node; remove it and use a Service
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, ports: [{ containerPort: 8080, hostPort: 8080 }] }
    - { name: log, image: log }
`,
    ],
  },
};
