import type { Rule } from "../../rule.ts";

export const jobsEnd: Rule = {
  id: "jobs-end",
  title: "Every Job has an end.",
  reason: "A Job that hangs keeps its pod, and what that costs, until somebody looks.",
  severity: "low",
  remedy: "Set activeDeadlineSeconds to more than it ever takes.",
  references: [
    { title: "Kubernetes, Jobs", url: "https://kubernetes.io/docs/concepts/workloads/controllers/job/" },
  ],
  matchConstraints: [
    { apiGroup: "batch", kinds: ["Job", "CronJob"] },
    { apiGroup: "argoproj.io", kinds: ["AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun"] },
    { apiGroup: "keda.sh", kinds: ["ScaledJob"] },
  ],
  variables: [
    {
      name: "jobs",
      expression: `[object.kind == "Job" ? object.?spec : object.?spec.?jobTemplate.?spec, object.?spec.?jobTargetRef]
          .filter(job, job.hasValue()).map(job, job.value())
        + object.?spec.?metrics.orValue([]).filter(m, m.?provider.?job.hasValue()).map(m, m.provider.job.spec)`,
    },
  ],
  validations: [
    {
      expression: `variables.jobs.all(job, job.?activeDeadlineSeconds.hasValue()
        || job.?template.?spec.?activeDeadlineSeconds.hasValue())`,
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
---
# expect: activeDeadlineSeconds is left out, so it may hang for ever; set it
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, namespace: order }
spec:
  schedule: "0 6 * * *"
  jobTemplate:
    spec:
      template: { spec: { restartPolicy: Never, containers: [{ name: report, image: order }] } }
---
# expect: activeDeadlineSeconds is left out, so it may hang for ever; set it
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: smoke-test, namespace: order }
spec:
  metrics:
    - name: errors
      provider: { web: { url: "http://prometheus/", jsonPath: "{$.data}" } }
    - name: smoke-test
      provider:
        job: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: test, image: order }] } } } }
---
# expect: activeDeadlineSeconds is left out, so it may hang for ever; set it
apiVersion: keda.sh/v1alpha1
kind: ScaledJob
metadata: { name: queue, namespace: order }
spec:
  jobTargetRef: { template: { spec: { restartPolicy: Never, containers: [{ name: queue, image: order }] } } }
`,
    ],
  },
};
