import type { Rule, Validation } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";

/**
 * Every container says what it needs, and how much memory it may take. No CPU limit is demanded: it would
 * throttle a container while CPU lies idle beside it, just when a burst arrives, and requests already share
 * out the CPU fairly when there is too little. Memory cannot be taken back, so there the limit is what keeps
 * one leak from evicting the neighbours.
 */
export const requestsAndLimits: Rule = {
  id: "requests-and-limits",
  title: "Every container requests CPU and memory and limits its memory.",
  reason:
    "The scheduler and the autoscaler count requests; without a limit, one leak takes the node's memory.",
  severity: "medium",
  remedy: "Set requests.cpu, requests.memory and limits.memory of every container.",
  references: [
    {
      title: "Kubernetes, Resource Management for Pods and Containers",
      url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [quantity("requests.cpu"), quantity("requests.memory"), quantity("limits.memory")],
  examples: {
    pass: [
      `
# No CPU limit, and none is demanded.
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      initContainers:
        - name: wait
          image: busybox
          resources: { requests: { cpu: 1m, memory: 8Mi }, limits: { memory: 8Mi } }
      containers:
        - name: order
          image: order
          resources: { requests: { cpu: 0.25, memory: 268435456 }, limits: { memory: 256Mi } }
---
# All its containers share what the pod has.
apiVersion: v1
kind: Pod
metadata: { name: shared, namespace: order }
spec:
  resources: { requests: { cpu: 500m, memory: 1Gi }, limits: { memory: 1Gi } }
  containers:
    - { name: order, image: order }
    - { name: proxy, image: proxy }
---
# An ephemeral container cannot have resources.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec:
  template:
    spec:
      containers:
        - name: order
          image: order
          resources: { requests: { cpu: 250m, memory: 256Mi }, limits: { cpu: "1", memory: 256Mi } }
      ephemeralContainers:
        - { name: debug, image: busybox }
`,
    ],
    fail: [
      `
# expect: container wait: resources.requests.cpu is missing or zero; set it
# expect: container wait: resources.requests.memory is missing or zero; set it
# expect: container order, container wait: resources.limits.memory is missing or zero; set it
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      initContainers: [{ name: wait, image: busybox }]
      containers:
        - name: order
          image: order
          resources: { requests: { memory: 256Mi }, limits: { cpu: "1" } }
---
# Zero is no request.
# expect: container report: resources.requests.cpu is missing or zero; set it
# expect: container report: resources.requests.memory is missing or zero; set it
# expect: container report: resources.limits.memory is missing or zero; set it
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
            - name: report
              image: order
              resources: { requests: { cpu: 0m, memory: 0 }, limits: { memory: "0.0Gi" } }
`,
    ],
  },
};

/**
 * What the pod as a whole has counts for each of its containers. A request that is left out is what the limit is, as the API server fills it in. An ephemeral container cannot have
 * resources, so those of the pod's spec are told apart by that.
 */
function quantity(field: string): Validation {
  const [list, resource] = field.split(".");
  return everyContainer(
    `(container in pod.spec.?ephemeralContainers.orValue([]))
      || !string(container.?resources.?${list}.?${resource}.or(container.?resources.?limits.?${resource})
        .or(pod.spec.?resources.?${list}.?${resource}).or(pod.spec.?resources.?limits.?${resource}).orValue(0))
        .matches("^0+([.]0*)?[A-Za-z]*$")`,
    `resources.${field} is missing or zero; set it`,
  );
}
