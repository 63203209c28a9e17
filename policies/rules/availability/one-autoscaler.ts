import type { Rule } from "../../rule.ts";
import { targetGroup } from "../workloads.ts";

const target = (autoscaler: string) => `(${targetGroup(autoscaler)}
  + " " + ${autoscaler}.spec.scaleTargetRef.?kind.orValue("Deployment") + " " + ${autoscaler}.spec.scaleTargetRef.name)`;

export const oneAutoscaler: Rule = {
  id: "one-autoscaler",
  title: "No two autoscalers target one workload.",
  reason: "Each sets the number of pods that it thinks right, and they take turns.",
  severity: "high",
  remedy:
    "Keep one, with the metrics of both: a ScaledObject of KEDA makes a HorizontalPodAutoscaler of its own.",
  references: [
    {
      title: "KEDA, Scaling Deployments, StatefulSets and Custom Resources",
      url: "https://keda.sh/docs/latest/concepts/scaling-deployments/",
    },
  ],
  matchConstraints: [
    { apiGroup: "autoscaling", kinds: ["HorizontalPodAutoscaler"] },
    { apiGroup: "keda.sh", kinds: ["ScaledObject"] },
  ],
  variables: [
    {
      name: "others",
      expression: `neighbours.filter(a, a.kind in ["HorizontalPodAutoscaler", "ScaledObject"]
        && (a.apiVersion.startsWith("autoscaling/") || a.apiVersion.startsWith("keda.sh/"))
        && !(a.kind == object.kind && a.metadata.name == object.metadata.name) && ${target("a")} == ${target("object")}
        && ![a, object].exists(made, made.metadata.?ownerReferences.orValue([]).exists(o, o.kind == "ScaledObject")))`,
    },
  ],
  validations: [
    {
      expression: "variables.others.size() == 0",
      messageExpression: `"spec.scaleTargetRef names " + object.spec.scaleTargetRef.?kind.orValue("Deployment") + " "
        + object.spec.scaleTargetRef.name + ", and so does that of "
        + variables.others.map(a, a.kind + " " + a.metadata.name).join(", ") + "; keep one"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: order, namespace: order }
spec: { scaleTargetRef: { name: order } }
---
# KEDA made it of that.
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: keda-hpa-order
  namespace: order
  ownerReferences: [{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: order, uid: "1", controller: true }]
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: payment, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: payment } }
`,
    ],
    fail: [
      `
# expect: spec.scaleTargetRef names Deployment order, and so does that of ScaledObject queue; keep one
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec: { maxReplicas: 9, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order } }
---
# expect: spec.scaleTargetRef names Deployment order, and so does that of HorizontalPodAutoscaler order; keep one
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: queue, namespace: order }
spec: { scaleTargetRef: { name: order } }
`,
    ],
  },
};
