import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods } from "../pods.ts";

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
      `pod.metadata.?labels[?"sidecar.istio.io/inject"].or(pod.metadata.?annotations[?"sidecar.istio.io/inject"]).orValue("true")
        .lowerAscii() in ["", "true", "yes", "y", "on"]`,
      "sidecar.istio.io/inject is not true, so the pod is no part of the mesh; remove it",
    ),
    everyPod(
      `pod.metadata.?labels[?"istio.io/dataplane-mode"].orValue("") != "none"`,
      "istio.io/dataplane-mode is none, so the pod is no part of the mesh; remove it",
    ),
    // 15020 is the sidecar's own port, which the injector excludes in every pod.
    everyPod(
      `["excludeOutboundPorts", "excludeOutboundIPRanges", "excludeInterfaces"].all(key,
          pod.metadata.?annotations[?"traffic.sidecar.istio.io/" + key].orValue("") == "")
        && pod.metadata.?annotations[?"traffic.sidecar.istio.io/excludeInboundPorts"].orValue("") in ["", "15020"]
        && ["includeInboundPorts", "includeOutboundIPRanges"].all(key,
          pod.metadata.?annotations[?"traffic.sidecar.istio.io/" + key].orValue("*") == "*")`,
      "an annotation traffic.sidecar.istio.io/exclude… or include… leads traffic past the sidecar; remove it",
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
---
# As Istio's injector leaves it.
apiVersion: v1
kind: Pod
metadata:
  name: order
  namespace: order
  annotations: { traffic.sidecar.istio.io/excludeInboundPorts: "15020" }
spec:
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: sidecar.istio.io/inject is not true, so the pod is no part of the mesh; remove it
# expect: an annotation traffic.sidecar.istio.io/exclude… or include… leads traffic past the sidecar; remove it
apiVersion: v1
kind: Pod
metadata:
  name: order
  labels: { sidecar.istio.io/inject: "false" }
  annotations: { traffic.sidecar.istio.io/excludeOutboundPorts: "5432" }
spec:
  containers:
    - { name: order, image: order }
---
# Istio takes for false whatever it does not take for true; and a list of ports leaves the others out.
# expect: sidecar.istio.io/inject is not true, so the pod is no part of the mesh; remove it
# expect: istio.io/dataplane-mode is none, so the pod is no part of the mesh; remove it
# expect: an annotation traffic.sidecar.istio.io/exclude… or include… leads traffic past the sidecar; remove it
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata:
      labels: { app: order, sidecar.istio.io/inject: "no", istio.io/dataplane-mode: none }
      annotations: { traffic.sidecar.istio.io/includeInboundPorts: "8080" }
    spec:
      containers:
        - { name: order, image: order }
`,
    ],
  },
};
