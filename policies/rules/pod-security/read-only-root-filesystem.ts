import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { cis, hardeningGuide } from "../references.ts";

export const readOnlyRootFilesystem: Rule = {
  id: "read-only-root-filesystem",
  title: "No container writes to its image's file system.",
  reason: "Whoever breaks in can then neither put tools there nor change the program.",
  severity: "medium",
  remedy:
    "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes.",
  references: [
    hardeningGuide("Immutable container file systems"),
    cis("5.7.3", "Apply SecurityContext to your Pods and Containers"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `pod.spec.?os.?name.orValue("linux") == "windows" || container.?securityContext.?readOnlyRootFilesystem.orValue(false) == true`,
      "securityContext.readOnlyRootFilesystem is not true; set it, and mount an emptyDir where the program writes",
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order, securityContext: { readOnlyRootFilesystem: true } }
`,
    ],
    fail: [
      `
# expect: container order: securityContext.readOnlyRootFilesystem is not true; set it, and mount an emptyDir where the program writes
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
`,
    ],
  },
};
