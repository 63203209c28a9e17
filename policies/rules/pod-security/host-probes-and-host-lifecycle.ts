import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { standard } from "./standard.ts";

export const hostProbesAndHostLifecycle: Rule = {
  id: "host-probes-and-host-lifecycle",
  title: "No probe or lifecycle hook names a host.",
  reason:
    "The kubelet would call that host from the node, where no network policy holds: a way to reach what the pod may not.",
  severity: "medium",
  remedy: "Remove the host; without it the pod itself is asked.",
  references: [standard],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `[container.?livenessProbe, container.?readinessProbe, container.?startupProbe,
        container.?lifecycle.?postStart, container.?lifecycle.?preStop].all(h,
          h.?httpGet.?host.orValue("") == "" && h.?tcpSocket.?host.orValue("") == "")`,
      "a probe or lifecycle hook names a host, which the node would then call; remove the host",
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
    - { name: order, image: order, livenessProbe: { httpGet: { port: 8080 } } }
`,
    ],
    fail: [
      `
# expect: container order: a probe or lifecycle hook names a host, which the node would then call; remove the host
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  containers:
    - { name: order, image: order, livenessProbe: { httpGet: { port: 8080, host: 10.0.0.1 } } }
`,
    ],
  },
};
