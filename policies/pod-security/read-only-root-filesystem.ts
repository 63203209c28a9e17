import { everyContainer, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

export const readOnlyRootFilesystem: Rule = {
  id: "read-only-root-filesystem",
  title: "No container writes to its image's file system.",
  reason: "Whoever breaks in can then neither put tools there nor change the program.",
  severity: "medium",
  remedy:
    "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes.",
  references: [
    {
      title: "NSA/CISA Kubernetes Hardening Guide",
      url: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
    },
    { title: "CIS Kubernetes Benchmark, Policies", url: "https://www.cisecurity.org/benchmark/kubernetes" },
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
