import { everyPod, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

export const sidecarInjection: Rule = {
  id: "sidecar-injection",
  title: "No pod stays out of its namespace's mesh.",
  reason: "Without a sidecar nothing is encrypted, counted, limited or refused.",
  severity: "high",
  remedy: "Remove the label or annotation sidecar.istio.io/inject.",
  references: [
    {
      title: "Istio, Installing the Sidecar",
      url: "https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `pod.metadata.?labels[?"sidecar.istio.io/inject"].orValue("true") != "false"
        && pod.metadata.?annotations[?"sidecar.istio.io/inject"].orValue("true") != "false"`,
      "sidecar.istio.io/inject is false, so the pod is no part of the mesh; remove it",
    ),
    everyPod(
      `["traffic.sidecar.istio.io/excludeInboundPorts", "traffic.sidecar.istio.io/excludeOutboundPorts",
        "traffic.sidecar.istio.io/excludeOutboundIPRanges"].all(key, pod.metadata.?annotations[?key].orValue("") == "")`,
      "an annotation traffic.sidecar.istio.io/exclude… leads traffic past the sidecar; remove it",
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
        - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: sidecar.istio.io/inject is false, so the pod is no part of the mesh; remove it
# expect: an annotation traffic.sidecar.istio.io/exclude… leads traffic past the sidecar; remove it
apiVersion: v1
kind: Pod
metadata:
  name: order
  labels: { sidecar.istio.io/inject: "false" }
  annotations: { traffic.sidecar.istio.io/excludeOutboundPorts: "5432" }
spec:
  containers:
    - { name: order, image: order }
`,
    ],
  },
};
