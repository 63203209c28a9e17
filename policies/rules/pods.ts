import type { Match, Validation, Variable } from "../rule.ts";

/** Every kind that carries a pod template, or is a pod. */
export const podKinds: readonly Match[] = [
  { apiGroup: "", kinds: ["Pod", "PodTemplate", "ReplicationController"] },
  { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] },
  { apiGroup: "batch", kinds: ["Job", "CronJob"] },
  {
    apiGroup: "argoproj.io",
    kinds: ["Rollout", "Experiment", "AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun"],
  },
  { apiGroup: "keda.sh", kinds: ["ScaledJob"] },
];

/** Of these, those that run pods by themselves. */
export const runningKinds: readonly Match[] = [
  { apiGroup: "", kinds: ["Pod", "ReplicationController"] },
  { apiGroup: "apps", kinds: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] },
  { apiGroup: "batch", kinds: ["Job", "CronJob"] },
  { apiGroup: "argoproj.io", kinds: ["Rollout"] },
  { apiGroup: "keda.sh", kinds: ["ScaledJob"] },
];

/** The pod templates of `object`, a CEL list: none, one, or one a metric of an AnalysisTemplate. */
const templates = `(
    (object.kind == "Pod" ? [object] : [])
    + [object.?template, object.?spec.?template, object.?spec.?jobTemplate.?spec.?template,
       object.?spec.?jobTargetRef.?template].filter(t, t.hasValue()).map(t, t.value())
    + object.?spec.?templates.orValue([]).filter(t, t.?template.hasValue()).map(t, t.template)
    + object.?spec.?metrics.orValue([]).filter(m, m.?provider.?job.hasValue())
        .map(m, m.provider.job.spec.template)
  )`;

/** `variables.pods`: the pods that the object makes, each with `metadata`, `spec` and all its `containers`. */
export const pods: Variable = {
  name: "pods",
  expression: `${templates}.map(t, {
    "metadata": t.?metadata.orValue({}),
    "spec": t.?spec.orValue({}),
    "containers": t.?spec.?containers.orValue([])
      + t.?spec.?initContainers.orValue([])
      + t.?spec.?ephemeralContainers.orValue([])
  })`,
};

/** The image of a `container`, for a message. An empty one is none: the API server drops the field. */
export const imageInWords = `(container.?image.orValue("") == "" ? "no image" : container.image)`;

/** Holds when `condition` is true of every `pod`; says `wrong`, after `value` (a CEL string) when given. */
export function everyPod(condition: string, wrong: string, value?: string): Validation {
  return {
    expression: `variables.pods.all(pod, ${condition})`,
    messageExpression: value
      ? `variables.pods.filter(pod, !(${condition})).map(pod, ${value}).join(", ") + ${text(`: ${wrong}`)}`
      : text(wrong),
  };
}

/**
 * Holds when `condition` is true of every `container`, with its `pod` in sight. Names the containers
 * of which it is not true, each with `value` (a CEL string) when given, then says `wrong`.
 */
export function everyContainer(condition: string, wrong: string, value?: string): Validation {
  const name = `"container " + container.?name.orValue("without a name")`;
  const words = value ? `${name} + " (" + ${value} + ")"` : name;
  return {
    expression: `variables.pods.all(pod, pod.containers.all(container, ${condition}))`,
    messageExpression: `variables.pods.map(pod,
      pod.containers.filter(container, !(${condition})).map(container, ${words}).join(", ")
    ).filter(names, names != "").join(", ") + ${text(`: ${wrong}`)}`,
  };
}

/** For what a pod sets for all its containers and each container for itself; `at` is its securityContext. */
export function everySecurityContext(condition: (at: string) => string, wrong: string): Validation[] {
  return [
    everyPod(condition("pod.spec.?securityContext"), `spec.securityContext.${wrong}`),
    everyContainer(condition("container.?securityContext"), `securityContext.${wrong}`),
  ];
}

/** JSON's strings, and lists of them, are CEL's. */
export function text(words: string | readonly string[]): string {
  return JSON.stringify(words);
}
