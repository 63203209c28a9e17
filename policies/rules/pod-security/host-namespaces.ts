import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, standard } from "./standard.ts";

export const hostNamespaces: Rule = {
  id: "host-namespaces",
  title: "A pod has a network, process and IPC namespace of its own.",
  reason:
    "In the node's own namespaces a process sees and reaches what runs beside it on the node, and no network policy holds for it.",
  severity: "critical",
  remedy: "Remove hostNetwork, hostPID and hostIPC.",
  references: [
    standard,
    hardening,
    cis("5.2.3", "Minimize the admission of containers wishing to share the host process ID namespace"),
    cis("5.2.4", "Minimize the admission of containers wishing to share the host IPC namespace"),
    cis("5.2.5", "Minimize the admission of containers wishing to share the host network namespace"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: ["hostNetwork", "hostPID", "hostIPC"].map((field) =>
    everyPod(
      `pod.spec.?${field}.orValue(false) == false`,
      `spec.${field} is true, which shares the node's own; remove it`,
    ),
  ),
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostNetwork: false
  containers:
    - { name: order, image: order,  }
`,
    ],
    fail: [
      `
# expect: spec.hostNetwork is true, which shares the node's own; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostNetwork: true
  containers:
    - { name: order, image: order }
`,
      `
# expect: spec.hostPID is true, which shares the node's own; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostPID: true
  containers:
    - { name: order, image: order }
`,
      `
# expect: spec.hostIPC is true, which shares the node's own; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostIPC: true
  containers:
    - { name: order, image: order }
`,
    ],
  },
};
