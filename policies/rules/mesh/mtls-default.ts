import type { Rule } from "../../rule.ts";
import { runningKinds } from "../pods.ts";
import { presence } from "./meshed.ts";

export const mtlsDefault: Rule = {
  id: "mtls-default",
  title:
    "Every namespace of the mesh that runs pods has a PeerAuthentication for all of them, or the mesh has.",
  reason:
    "Istio's own default is PERMISSIVE: a pod for which nobody says otherwise takes plain text from anybody.",
  severity: "critical",
  remedy:
    "Add a PeerAuthentication without a selector, with mtls.mode STRICT, to the namespace or to istio-system.",
  references: [
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
    {
      title: "Istio, PeerAuthentication",
      url: "https://istio.io/latest/docs/reference/config/security/peer_authentication/",
    },
  ],
  matchConstraints: runningKinds,
  variables: presence(`o.kind == "PeerAuthentication" && o.apiVersion.startsWith("security.istio.io/")
    && o.?spec.?selector.?matchLabels.orValue({}) == {} && o.?spec.?mtls.?mode.orValue("UNSET") == "STRICT"`),
  validations: [
    {
      expression: "!variables.meshed || variables.present",
      messageExpression: `"no PeerAuthentication of its namespace is for all pods and STRICT; add one without a selector, with mtls.mode STRICT"`,
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
        - { name: order, image: order }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: order }
spec: { mtls: { mode: STRICT } }
---
# No part of the mesh.
apiVersion: v1
kind: Pod
metadata: { name: debug, namespace: debug }
spec:
  containers:
    - { name: debug, image: busybox }
`,
      `
# In istio-system it is for the whole mesh.
apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: STRICT } }
---
apiVersion: v1
kind: Namespace
metadata: { name: order, labels: { istio.io/rev: stable } }
---
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: order }
spec:
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# For the others it is PERMISSIVE.
# expect: no PeerAuthentication of its namespace is for all pods and STRICT; add one without a selector, with mtls.mode STRICT
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
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: payment, namespace: order }
spec: { selector: { matchLabels: { app: payment } }, mtls: { mode: STRICT } }
`,
    ],
  },
};
