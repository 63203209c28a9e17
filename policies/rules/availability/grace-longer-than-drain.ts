import type { Rule } from "../../rule.ts";
import { everyContainer, everyPod, podKinds, pods } from "../pods.ts";

/** The seconds for which a preStop command sleeps, a CEL int: those of the first `sleep 10`, however it is quoted. */
const commandSleeps = `int("0" + container.?lifecycle.?preStop.?exec.?command.orValue([]).join(" ")
  .find("sleep +[0-9]{1,9}([^0-9a-z.]|$)").find("[0-9]+"))`;

export const graceLongerThanDrain: Rule = {
  id: "grace-longer-than-drain",
  title: "A pod has more time to end than its preStop hook takes.",
  reason:
    "When the time is up the process is killed in the middle of its requests, and the hook's wait was all that it got.",
  severity: "medium",
  remedy:
    "Set terminationGracePeriodSeconds to more than the preStop hook sleeps, and the longest request takes after it.",
  references: [
    {
      title: "Kubernetes, Pod Lifecycle, Termination of Pods",
      url: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      "pod.spec.?terminationGracePeriodSeconds.orValue(30) > 0",
      "spec.terminationGracePeriodSeconds is 0, which kills every process in the middle of its requests; set it to what they take",
    ),
    everyContainer(
      `pod.spec.?terminationGracePeriodSeconds.orValue(30) == 0
        || container.?lifecycle.?preStop.?sleep.?seconds.orValue(0) + ${commandSleeps}
          < pod.spec.?terminationGracePeriodSeconds.orValue(30)`,
      "lifecycle.preStop sleeps for all of spec.terminationGracePeriodSeconds; set that to more",
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
        - { name: proxy, image: proxy, lifecycle: { preStop: { exec: { command: [/bin/sh, -c, "sleep 15 && proxy drain"] } } } }
        # Not the number of seconds that it seems.
        - { name: log, image: log, lifecycle: { preStop: { exec: { command: [sleep, 60ms] } } } }
`,
    ],
    fail: [
      `
# expect: container order, container proxy: lifecycle.preStop sleeps for all of spec.terminationGracePeriodSeconds; set that to more
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
        - { name: proxy, image: proxy, lifecycle: { preStop: { exec: { command: [/bin/sh, -c, "sleep 60; proxy drain"] } } } }
---
# expect: spec.terminationGracePeriodSeconds is 0, which kills every process in the middle of its requests; set it to what they take
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: order }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: order, image: order }
`,
    ],
  },
};
