import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { inUserNamespace, standard } from "./standard.ts";

export const procMount: Rule = {
  id: "proc-mount",
  title: "No container sees what its runtime hides of /proc, unless its pod has a user namespace.",
  reason: "Unmasked, /proc lets a process read and change the node's kernel.",
  severity: "high",
  remedy: "Remove securityContext.procMount, or set hostUsers: false for the pod.",
  references: [standard],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `${inUserNamespace} || container.?securityContext.?procMount.orValue("Default") == "Default"`,
      "securityContext.procMount shows what the runtime hides of /proc; remove it",
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
    - { name: order, image: order, securityContext: { procMount: Unmasked } }
`,
    ],
    fail: [
      `
# expect: container order: securityContext.procMount shows what the runtime hides of /proc; remove it
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order, securityContext: { procMount: Unmasked } }
`,
    ],
  },
};
