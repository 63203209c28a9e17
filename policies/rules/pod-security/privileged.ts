import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { hardening, standard } from "./standard.ts";

export const privileged: Rule = {
  id: "privileged",
  title: "No container is privileged.",
  reason: "A privileged container is root on the node: every boundary is lifted.",
  severity: "critical",
  remedy: "Remove securityContext.privileged.",
  references: [standard, hardening, cis("5.2.2", "Minimize the admission of privileged containers")],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      "container.?securityContext.?privileged.orValue(false) == false",
      "securityContext.privileged is true, which lifts every boundary; remove it",
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
    - { name: order, image: order, securityContext: { privileged: false } }
---
# The templates of an AnalysisTemplate are names of others.
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: order, namespace: order }
spec:
  templates: [{ templateName: success-rate }]
---
# Its pods are those of the Deployment.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec:
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: order }
`,
    ],
    fail: [
      `
# expect: container order: securityContext.privileged is true, which lifts every boundary; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, securityContext: { privileged: true } }
`,
      `
# A native sidecar and a container that joined to debug are containers as well.
# expect: container proxy, container debug: securityContext.privileged is true, which lifts every boundary; remove it
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
      initContainers:
        - { name: proxy, image: proxy, restartPolicy: Always, securityContext: { privileged: true } }
      ephemeralContainers:
        - { name: debug, image: busybox, securityContext: { privileged: true } }
---
# And so are the pods of a metric's Job.
# expect: container smoke-test: securityContext.privileged is true, which lifts every boundary; remove it
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: smoke-test, namespace: order }
spec:
  metrics:
    - name: smoke-test
      provider:
        job:
          spec:
            template:
              spec:
                restartPolicy: Never
                containers:
                  - { name: smoke-test, image: busybox, securityContext: { privileged: true } }
---
# expect: container report: securityContext.privileged is true, which lifts every boundary; remove it
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: order }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: report, image: order, securityContext: { privileged: true } }
`,
    ],
  },
};
