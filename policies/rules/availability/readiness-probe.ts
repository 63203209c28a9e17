import type { Rule } from "../../rule.ts";
import { everyPod, pods } from "../pods.ts";

export const readinessProbe: Rule = {
  id: "readiness-probe",
  title: "Every workload that keeps running has a readiness probe.",
  reason: "Without one a pod gets requests before it can answer them, at every roll-out and every scaling.",
  severity: "high",
  remedy: "Give the container that answers requests a readinessProbe.",
  references: [
    {
      title: "Kubernetes, Liveness, Readiness, and Startup Probes",
      url: "https://kubernetes.io/docs/concepts/workloads/pods/probes/",
    },
  ],
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [pods],
  validations: [
    everyPod(
      "pod.spec.?containers.orValue([]).exists(container, container.?readinessProbe.hasValue())",
      "no container has a readinessProbe; give one to the container that answers requests",
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
        - { name: order, image: order, readinessProbe: { httpGet: { path: /health/ready, port: 3000 } } }
`,
    ],
    fail: [
      `
# expect: no container has a readinessProbe; give one to the container that answers requests
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order, livenessProbe: { httpGet: { path: /health/live, port: 3000 } } }
      # That of a sidecar says nothing of the service.
      initContainers:
        - { name: proxy, image: proxy, restartPolicy: Always, readinessProbe: { tcpSocket: { port: 15021 } } }
`,
    ],
  },
};
