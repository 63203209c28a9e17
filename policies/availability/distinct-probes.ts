import { podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

export const distinctProbes: Rule = {
  id: "distinct-probes",
  title: "No container is restarted for what only makes it not ready.",
  reason:
    "When a database is away for a moment, the same probe for both restarts every pod at once, and the outage begins.",
  severity: "high",
  remedy: "Let the livenessProbe ask whether the process itself is alive, and nothing behind it.",
  references: [
    {
      title: "Kubernetes, Liveness, Readiness, and Startup Probes",
      url: "https://kubernetes.io/docs/concepts/workloads/pods/probes/",
    },
  ],
  matchConstraints: podKinds,
  variables: [
    pods,
    {
      name: "alike",
      expression: `variables.pods.map(pod, pod.containers.filter(c, c.?livenessProbe.hasValue() && c.?readinessProbe.hasValue()
        && ((c.livenessProbe.?httpGet.hasValue() && c.readinessProbe.?httpGet.hasValue()
            && c.livenessProbe.httpGet.port == c.readinessProbe.httpGet.port
            && c.livenessProbe.httpGet.?path.orValue("/") == c.readinessProbe.httpGet.?path.orValue("/"))
          || (c.livenessProbe.?tcpSocket.hasValue() && c.readinessProbe.?tcpSocket.hasValue()
            && c.livenessProbe.tcpSocket.port == c.readinessProbe.tcpSocket.port)
          || (c.livenessProbe.?grpc.hasValue() && c.readinessProbe.?grpc.hasValue()
            && c.livenessProbe.grpc.port == c.readinessProbe.grpc.port
            && c.livenessProbe.grpc.?service.orValue("") == c.readinessProbe.grpc.?service.orValue(""))
          || (c.livenessProbe.?exec.hasValue() && c.readinessProbe.?exec.hasValue()
            && c.livenessProbe.exec.?command.orValue([]) == c.readinessProbe.exec.?command.orValue([]))))
        .map(c, "container " + c.name).join(", ")).filter(names, names != "")`,
    },
  ],
  validations: [
    {
      expression: `variables.alike.size() == 0`,
      messageExpression: `variables.alike.join(", ")
        + ": livenessProbe asks what readinessProbe asks; let it ask whether the process itself is alive"`,
    },
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
        - name: order
          image: order
          livenessProbe: { httpGet: { path: /health/live, port: 3000 } }
          readinessProbe: { httpGet: { path: /health/ready, port: 3000 } }
`,
    ],
    fail: [
      `
# expect: container order: livenessProbe asks what readinessProbe asks; let it ask whether the process itself is alive
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - name: order
          image: order
          livenessProbe: { httpGet: { path: /, port: 3000 } }
          readinessProbe: { httpGet: { port: 3000 } }
`,
    ],
  },
};
