import type { Rule } from "./rule.ts";
import { autoscalersOf } from "./workloads.ts";

/** A workload that an autoscaler targets has no replica count of its own. */
export const noReplicasUnderAutoscaler: Rule = {
  name: "no-replicas-under-autoscaler",
  description: "A workload that an autoscaler targets has no replica count of its own.",
  why: "Each deployment would set the count back, in the middle of a rush as well.",
  matchConstraints: [
    { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "ReplicaSet"] },
    { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  ],
  variables: [{ name: "autoscalers", expression: autoscalersOf("object") }],
  validations: [
    {
      expression: "variables.autoscalers.size() == 0 || !object.?spec.?replicas.hasValue()",
      messageExpression: `"spec.replicas is " + string(object.spec.replicas) + ", but "
        + variables.autoscalers.map(a, a.kind + " " + a.metadata.name).join(", ")
        + " sets the number of pods; leave spec.replicas out"`,
    },
  ],
};
