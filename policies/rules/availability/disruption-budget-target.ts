import type { Rule } from "../../rule.ts";
import { podKinds } from "../pods.ts";
import { selects } from "../selectors.ts";

const kinds = podKinds.flatMap((match) => match.kinds);

/** A CEL map: the labels of the pods that `o` is or makes. */
const labels = `(o.kind == "Pod" ? o.metadata.?labels
  : o.?spec.?template.or(o.?spec.?jobTemplate.?spec.?template).?metadata.?labels).orValue({})`;

export const disruptionBudgetTarget: Rule = {
  id: "disruption-budget-target",
  title: "What a PodDisruptionBudget selects is there.",
  reason: "A budget that selects no pod protects nobody, and nobody is told before the next node is drained.",
  severity: "medium",
  remedy:
    "Write the selector as the labels of the pod template; exempt the budget where an operator makes the pods.",
  references: [
    {
      title: "Kubernetes, Specifying a Disruption Budget for your Application",
      url: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    },
  ],
  matchConstraints: [{ apiGroup: "policy", kinds: ["PodDisruptionBudget"] }],
  validations: [
    {
      expression: `neighbours.exists(o, o.kind in ${JSON.stringify(kinds)} && ${selects("object.?spec.?selector", labels)})`,
      messageExpression: `"spec.selector selects no pod of its namespace; write it as the labels of the pods that it is for"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: order, namespace: order }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: order } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order, tier: web } }
    spec:
      containers:
        - { name: order, image: order }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: everything, namespace: report }
spec: { maxUnavailable: 1, selector: {} }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: report }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: report, image: report }
`,
    ],
    fail: [
      `
# The labels of the Deployment, and not of its pods.
# expect: spec.selector selects no pod of its namespace; write it as the labels of the pods that it is for
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: order, namespace: order }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: order-api } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order, labels: { app: order-api } }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - { name: order, image: order }
---
# Its pods are in another namespace.
# expect: spec.selector selects no pod of its namespace; write it as the labels of the pods that it is for
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: order, namespace: payment }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: order } } }
---
# Without a selector it selects nothing.
# expect: spec.selector selects no pod of its namespace; write it as the labels of the pods that it is for
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: nothing, namespace: order }
spec: { maxUnavailable: 1 }
`,
    ],
  },
};
