import type { Rule } from "../../rule.ts";
import { podKinds, pods } from "../pods.ts";

/** CEL conditions: both probes do this, and the same to the eye of who is asked. */
const both = (action: string) =>
  `c.livenessProbe.?${action}.hasValue() && c.readinessProbe.?${action}.hasValue()`;
const same = (field: string, otherwise: string) =>
  `c.livenessProbe.${field}.orValue(${otherwise}) == c.readinessProbe.${field}.orValue(${otherwise})`;
const samePort = (action: string) =>
  `${port(`c.livenessProbe.${action}.port`)} == ${port(`c.readinessProbe.${action}.port`)}`;

/** One that is empty is the default as well: the API server drops the field. */
const path = (probe: string) => `[c.${probe}.httpGet.?path.orValue("")].map(p, p == "" ? "/" : p)[0]`;

/** The number of a port that may be given by its name, a CEL string. */
function port(given: string): string {
  return `(c.?ports.orValue([]).filter(p, p.?name.orValue("") == string(${given})).map(p, string(p.containerPort))
    + [string(${given})])[0]`;
}

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
        && (${both("httpGet")} && ${samePort("httpGet")} && ${path("livenessProbe")} == ${path("readinessProbe")}
          || ${both("tcpSocket")} && ${samePort("tcpSocket")}
          || ${both("grpc")} && ${samePort("grpc")} && ${same("grpc.?service", '""')}
          || ${both("exec")} && ${same("exec.?command", "[]")}))
        .map(c, "container " + c.?name.orValue("without a name")).join(", ")).filter(names, names != "")`,
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
        # That the port is open says that the process lives, and not that it can answer.
        - name: store
          image: store
          livenessProbe: { tcpSocket: { port: 5432 } }
          readinessProbe: { exec: { command: [pg_isready] } }
        - name: rpc
          image: order
          livenessProbe: { grpc: { port: 3001, service: live } }
          readinessProbe: { grpc: { port: 3001, service: ready } }
`,
    ],
    fail: [
      `
# expect: container order, container proxy: livenessProbe asks what readinessProbe asks; let it ask whether the process itself is alive
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
        - name: proxy
          image: proxy
          livenessProbe: { httpGet: { path: "", port: 15021 } }
          readinessProbe: { httpGet: { port: 15021 } }
---
# One port, by its name and by its number; and in the second container one command.
# expect: container order, container cache: livenessProbe asks what readinessProbe asks; let it ask whether the process itself is alive
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - name: order
          image: order
          ports: [{ name: http, containerPort: 3000 }]
          livenessProbe: { httpGet: { path: /healthz, port: http } }
          readinessProbe: { httpGet: { path: /healthz, port: 3000 }, failureThreshold: 2 }
        - name: cache
          image: cache
          livenessProbe: { exec: { command: [cache, ping] } }
          readinessProbe: { exec: { command: [cache, ping] } }
---
# expect: container rpc, container proxy: livenessProbe asks what readinessProbe asks; let it ask whether the process itself is alive
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: order }
spec:
  initContainers:
    - name: proxy
      image: proxy
      restartPolicy: Always
      livenessProbe: { tcpSocket: { port: 15021 } }
      readinessProbe: { tcpSocket: { port: 15021 } }
  containers:
    - name: rpc
      image: order
      livenessProbe: { grpc: { port: 3000 } }
      readinessProbe: { grpc: { port: 3000, service: "" } }
`,
    ],
  },
};
