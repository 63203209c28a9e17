import { everyContainer, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

export const graceLongerThanDrain: Rule = {
  id: "grace-longer-than-drain",
  title: "A pod has more time to end than its preStop hook takes.",
  reason:
    "When the time is up the process is killed in the middle of its requests, and the hook's wait was all that it got.",
  severity: "medium",
  remedy:
    "Set terminationGracePeriodSeconds to more than preStop.sleep.seconds, and than the longest request after it.",
  references: [
    {
      title: "Kubernetes, Pod Lifecycle, Termination of Pods",
      url: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      "container.?lifecycle.?preStop.?sleep.?seconds.orValue(0) < pod.spec.?terminationGracePeriodSeconds.orValue(30)",
      "lifecycle.preStop.sleep.seconds leaves nothing of spec.terminationGracePeriodSeconds; set that to more",
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
      terminationGracePeriodSeconds: 45
      containers:
        - { name: order, image: order, lifecycle: { preStop: { sleep: { seconds: 10 } } } }
`,
    ],
    fail: [
      `
# expect: container order: lifecycle.preStop.sleep.seconds leaves nothing of spec.terminationGracePeriodSeconds; set that to more
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order, lifecycle: { preStop: { sleep: { seconds: 30 } } } }
`,
    ],
  },
};
