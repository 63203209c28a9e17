import type { Match, Rule } from "../../rule.ts";
import { selects } from "../selectors.ts";
import {
  autoscalersOf,
  floorOf,
  hasPods,
  isScaled,
  referenced,
  scaledKinds,
  templateOf,
} from "../workloads.ts";

const budgets: Match = { apiGroup: "policy", kinds: ["PodDisruptionBudget"] };

/** How many of `total` pods minAvailable keeps, a CEL int; Kubernetes rounds a percentage up. */
function kept(minAvailable: string, total: string): string {
  return `(type(${minAvailable}) == int ? ${minAvailable}
    : (int(${minAvailable}.split("%")[0]) * ${total} + 99) / 100)`;
}

/**
 * Whoever has more than one pod, or an autoscaler, has exactly one PodDisruptionBudget, and every
 * PodDisruptionBudget permits at least one eviction when its workloads stand at their minimum.
 */
export const disruptionBudget: Rule = {
  id: "disruption-budget",
  title: "Replicated workloads have one PodDisruptionBudget, and it permits an eviction.",
  reason:
    "Without a budget a node drain may take all pods at once; with one that permits nothing it never ends.",
  severity: "medium",
  remedy: "Give every replicated workload one PodDisruptionBudget with maxUnavailable: 1.",
  references: [
    {
      title: "Kubernetes, Disruptions",
      url: "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/",
    },
  ],
  matchConstraints: [...scaledKinds, budgets],
  variables: [
    referenced,
    { name: "templates", expression: templateOf("object") },
    {
      name: "budgets",
      expression: `object.kind == "PodDisruptionBudget" ? [] : neighbours.filter(b,
        b.kind == "PodDisruptionBudget" && b.apiVersion.startsWith("policy/")
        && variables.templates.exists(t, ${selects("b.?spec.?selector", "t.?metadata.?labels.orValue({})")}))`,
    },
    {
      name: "needsBudget",
      expression: `object.kind != "PodDisruptionBudget" && variables.templates.size() > 0 && ${hasPods("object")}
        && (object.?spec.?replicas.orValue(1) > 1 || ${autoscalersOf("object")}.size() > 0)`,
    },
    {
      name: "workloads",
      expression: `object.kind != "PodDisruptionBudget" ? [] : neighbours.filter(o,
        ${isScaled} && ${hasPods("o")}
        && ${templateOf("o")}.exists(t, ${selects("object.?spec.?selector", "t.?metadata.?labels.orValue({})")}))`,
    },
    { name: "floor", expression: `variables.workloads.map(o, ${floorOf("o")}).sum()` },
  ],
  validations: [
    {
      expression: "!variables.needsBudget || variables.budgets.size() > 0",
      messageExpression: `"no PodDisruptionBudget selects its pods, so a node drain may take them all at once; "
        + "add one with maxUnavailable: 1"`,
    },
    {
      expression: "variables.budgets.size() < 2",
      messageExpression: `"its pods are selected by " + string(variables.budgets.size()) + " PodDisruptionBudgets ("
        + variables.budgets.map(b, b.metadata.name).join(", ")
        + "), and the eviction API refuses such pods; keep one"`,
    },
    {
      expression: `!(string(object.?spec.?maxUnavailable.orValue(1)) in ["0", "0%"])`,
      messageExpression: `"spec.maxUnavailable is " + string(object.spec.maxUnavailable)
        + ", which forbids every eviction; set it to 1 or more"`,
    },
    {
      expression: `!(object.?spec.?minAvailable.orValue(0) in ["100%"])`,
      messageExpression: `"spec.minAvailable is 100%, which forbids every eviction; use maxUnavailable: 1 instead"`,
    },
    {
      expression: `object.?spec.?minAvailable.orValue("100%") == "100%" || variables.workloads.size() == 0
        || ${kept("object.spec.minAvailable", "variables.floor")} < variables.floor`,
      messageExpression: `"spec.minAvailable is " + string(object.spec.minAvailable) + ", but "
        + variables.workloads.map(o, o.kind + " " + o.metadata.name).join(", ") + " may have only "
        + string(variables.floor) + " pods, so no eviction is permitted; use maxUnavailable: 1 instead"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: order } }
    spec: { containers: [{ name: order, image: order }] }
---
# A minimum of one pod, which may be evicted.
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: order, namespace: order }
spec:
  minReplicas: 1
  maxReplicas: 60
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: order }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: order, namespace: order }
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app.kubernetes.io/name: order } }
---
# 60 % of three pods are two: one may go.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: payment, namespace: payment }
spec:
  replicas: 3
  template:
    metadata: { labels: { app: payment, track: stable } }
    spec: { containers: [{ name: payment, image: payment }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: payment, namespace: payment }
spec:
  minAvailable: 60%
  selector:
    matchExpressions:
      - { key: app, operator: In, values: [payment] }
      - { key: track, operator: NotIn, values: [debug] }
      - { key: track, operator: Exists }
      - { key: canary, operator: DoesNotExist }
---
# The pods of this Rollout have the labels of the Deployment that it refers to, which has none itself.
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: search, namespace: search }
spec:
  replicas: 3
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: search-template }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: search-template, namespace: search }
spec:
  replicas: 0
  selector: { matchLabels: { app: search } }
  template:
    metadata: { labels: { app: search } }
    spec: { containers: [{ name: search, image: search }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: search, namespace: search }
spec:
  minAvailable: 2
  selector: { matchLabels: { app: search } }
---
# One pod alone needs no budget.
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: payment-database, namespace: payment }
spec:
  replicas: 1
  template:
    metadata: { labels: { app: payment-database } }
    spec: { containers: [{ name: postgres, image: postgres }] }
---
# One budget over two workloads counts the pods of both.
apiVersion: apps/v1
kind: Deployment
metadata: { name: blue, namespace: shared }
spec:
  replicas: 2
  template:
    metadata: { labels: { tier: web } }
    spec: { containers: [{ name: blue, image: blue }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: green, namespace: shared }
spec:
  replicas: 2
  template:
    metadata: { labels: { tier: web } }
    spec: { containers: [{ name: green, image: green }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shared }
spec:
  minAvailable: 3
  selector: { matchLabels: { tier: web } }
`,
    ],
    fail: [
      `
# expect: no PodDisruptionBudget selects its pods, so a node drain may take them all at once; add one with maxUnavailable: 1
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  replicas: 2
  template:
    metadata: { labels: { app: order } }
    spec: { containers: [{ name: order, image: order }] }
---
# Another namespace, and another application.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: order, namespace: elsewhere }
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app: order } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: rental, namespace: order }
spec:
  maxUnavailable: 1
  selector: { matchExpressions: [{ key: app, operator: NotIn, values: [order] }] }
---
# An autoscaler makes many of one.
# expect: no PodDisruptionBudget selects its pods, so a node drain may take them all at once; add one with maxUnavailable: 1
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: rental, namespace: rental }
spec:
  template:
    metadata: { labels: { app: rental } }
    spec: { containers: [{ name: rental, image: rental }] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: rental, namespace: rental }
spec:
  minReplicaCount: 0
  scaleTargetRef: { apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: rental }
---
# expect: no PodDisruptionBudget selects its pods, so a node drain may take them all at once; add one with maxUnavailable: 1
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: search, namespace: search }
spec:
  replicas: 3
  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: search-template }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: search-template, namespace: search }
spec:
  replicas: 0
  selector: { matchLabels: { app: search } }
  template:
    metadata: { labels: { app: search } }
    spec: { containers: [{ name: search, image: search }] }
---
# expect: its pods are selected by 2 PodDisruptionBudgets (one, two), and the eviction API refuses such pods; keep one
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: twice, namespace: twice }
spec:
  replicas: 3
  template:
    metadata: { labels: { app: twice } }
    spec: { containers: [{ name: twice, image: twice }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: one, namespace: twice }
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app: twice } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: two, namespace: twice }
spec:
  maxUnavailable: 50%
  selector: {}
---
# expect: spec.maxUnavailable is 0, which forbids every eviction; set it to 1 or more
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: zero, namespace: forbidding }
spec: { maxUnavailable: 0, selector: {} }
---
# expect: spec.maxUnavailable is 0%, which forbids every eviction; set it to 1 or more
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: zero-percent, namespace: forbidding }
spec: { maxUnavailable: 0%, selector: {} }
---
# expect: spec.minAvailable is 100%, which forbids every eviction; use maxUnavailable: 1 instead
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: hundred-percent, namespace: forbidding }
spec: { minAvailable: 100%, selector: {} }
---
# As many as the autoscaler may leave.
# expect: spec.minAvailable is 3, but Deployment payment may have only 3 pods, so no eviction is permitted; use maxUnavailable: 1 instead
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: payment, namespace: payment }
spec:
  minAvailable: 3
  selector: { matchLabels: { app: payment } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: payment, namespace: payment }
spec:
  template:
    metadata: { labels: { app: payment } }
    spec: { containers: [{ name: payment, image: payment }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: payment, namespace: payment }
spec:
  minReplicas: 3
  maxReplicas: 12
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: payment }
---
# 51 % of two pods are two, for a share is rounded up.
# expect: spec.minAvailable is 51%, but StatefulSet inventory may have only 2 pods, so no eviction is permitted; use maxUnavailable: 1 instead
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: inventory, namespace: inventory }
spec:
  minAvailable: 51%
  selector: { matchExpressions: [{ key: app, operator: Exists }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: inventory, namespace: inventory }
spec:
  replicas: 2
  template:
    metadata: { labels: { app: inventory } }
    spec: { containers: [{ name: inventory, image: inventory }] }
`,
    ],
  },
};
