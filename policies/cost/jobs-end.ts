import type { Rule } from "../rule.ts";

export const jobsEnd: Rule = {
  id: "jobs-end",
  title: "Every Job has an end.",
  reason: "A Job that hangs keeps its pod, and what that costs, until somebody looks.",
  severity: "low",
  remedy: "Set activeDeadlineSeconds.",
  references: [
    { title: "Kubernetes, Jobs", url: "https://kubernetes.io/docs/concepts/workloads/controllers/job/" },
  ],
  matchConstraints: [{ apiGroup: "batch", kinds: ["Job", "CronJob"] }],
  validations: [
    {
      expression: `(object.kind == "Job" ? object.?spec : object.?spec.?jobTemplate.?spec).?activeDeadlineSeconds.hasValue()`,
      messageExpression: `"activeDeadlineSeconds is left out, so it may hang for ever; set it"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: batch/v1
kind: Job
metadata: { name: order, namespace: order }
spec:
  activeDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: activeDeadlineSeconds is left out, so it may hang for ever; set it
apiVersion: batch/v1
kind: Job
metadata: { name: order, namespace: order }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: order, image: order }
`,
    ],
  },
};
