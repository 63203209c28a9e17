import type { KubernetesObject } from "../../policies/judgement/judge.ts";

interface Case {
  readonly what: string;
  readonly object: KubernetesObject;
  /** Who creates it. Omitted: an administrator. */
  readonly by?: string;
  readonly taken: boolean;
}

/** The account of an add-on or a controller of Kubernetes. */
export const controller = (name: string) => `system:serviceaccount:kube-system:${name}`;
export const rollouts = "system:serviceaccount:argo-rollouts:argo-rollouts";

/** A pod that breaks many rules. */
const spec = { restartPolicy: "Never", containers: [{ name: "app", image: "busybox" }] };

/** An object of a kind with such a pod, made by one of another kind, and labelled with a hash. */
export function made(
  [kind, name]: readonly [kind: string, name: string],
  owner?: readonly [kind: string, name: string],
  labels: Record<string, string> = {},
  isController = true,
): KubernetesObject {
  const references = owner && [
    { apiVersion: "v1", kind: owner[0], name: owner[1], uid: "1", controller: isController },
  ];
  const metadata = { name, namespace: "any", labels, ...(references && { ownerReferences: references }) };
  const template = { metadata: { labels: { app: "app" } }, spec };
  const selector = { matchLabels: { app: "app" } };
  const always = { selector, template: { ...template, spec: { containers: spec.containers } } };
  const bodies: Record<string, { apiVersion: string; spec: object }> = {
    Pod: { apiVersion: "v1", spec },
    Job: { apiVersion: "batch/v1", spec: { template: { spec } } },
    CronJob: {
      apiVersion: "batch/v1",
      spec: { schedule: "* * * * *", jobTemplate: { spec: { template: { spec } } } },
    },
    ReplicaSet: { apiVersion: "apps/v1", spec: always },
    Deployment: { apiVersion: "apps/v1", spec: always },
    Rollout: { apiVersion: "argoproj.io/v1alpha1", spec: always },
  };
  return { kind, metadata, ...bodies[kind] } as unknown as KubernetesObject;
}

/** Larger than any environment allows. */
function claim(name: string): KubernetesObject {
  const resources = { requests: { storage: "5000Ti" } };
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "any" },
    spec: { accessModes: ["ReadWriteOnce"], resources },
  } as KubernetesObject;
}

/** Of more pods than any environment allows. */
const autoscaler = {
  ...made(["HorizontalPodAutoscaler", "keda-hpa-exempt"], ["ScaledObject", "exempt"]),
  apiVersion: "autoscaling/v2",
  spec: {
    minReplicas: 2,
    maxReplicas: 5000,
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "any" },
  },
} as KubernetesObject;

const hash = { "pod-template-hash": "5d8f" };
const rolloutHash = { "rollouts-pod-template-hash": "5d8f" };

/** With objects exempted of several kinds that are all called `exempt`. */
export const exemptions: readonly Case[] = [
  { what: "the object that it names", object: made(["Deployment", "exempt"]), taken: true },
  { what: "one of another name", object: made(["Deployment", "exempt-too"]), taken: false },
  { what: "one of another kind", object: made(["Job", "exempt"]), taken: false },
  {
    what: "the ReplicaSet that its controller makes",
    object: made(["ReplicaSet", "exempt-5d8f"], ["Deployment", "exempt"], hash),
    by: controller("deployment-controller"),
    taken: true,
  },
  {
    what: "a ReplicaSet that a person makes with a forged owner",
    object: made(["ReplicaSet", "exempt-5d8f"], ["Deployment", "exempt"], hash),
    taken: false,
  },
  {
    what: "a ReplicaSet that merely refers to it",
    object: made(["ReplicaSet", "exempt-5d8f"], ["Deployment", "exempt"], hash, false),
    by: controller("deployment-controller"),
    taken: false,
  },
  {
    what: "the Pod of its ReplicaSet",
    object: made(["Pod", "exempt-5d8f-abcde"], ["ReplicaSet", "exempt-5d8f"], hash),
    by: controller("replicaset-controller"),
    taken: true,
  },
  {
    what: "a Pod that a person makes with a forged owner",
    object: made(["Pod", "exempt-5d8f-abcde"], ["ReplicaSet", "exempt-5d8f"], hash),
    taken: false,
  },
  {
    what: "a Pod that an add-on in kube-system makes with a forged owner",
    object: made(["Pod", "exempt-5d8f-abcde"], ["ReplicaSet", "exempt-5d8f"], hash),
    by: controller("helm-controller"),
    taken: false,
  },
  {
    what: "the Pod of a Deployment whose name begins alike",
    object: made(["Pod", "exempt-too-5d8f-abcde"], ["ReplicaSet", "exempt-too-5d8f"], hash),
    by: controller("replicaset-controller"),
    taken: false,
  },
  {
    what: "the Pod of a ReplicaSet that a person named so",
    object: made(["Pod", "exempt-5d8f-abcde"], ["ReplicaSet", "exempt-5d8f"]),
    by: controller("replicaset-controller"),
    taken: false,
  },
  {
    what: "the Pod of its Rollout's ReplicaSet",
    object: made(["Pod", "exempt-5d8f-abcde"], ["ReplicaSet", "exempt-5d8f"], rolloutHash),
    by: controller("replicaset-controller"),
    taken: true,
  },
  {
    what: "the ReplicaSet that Argo Rollouts makes",
    object: made(["ReplicaSet", "exempt-5d8f"], ["Rollout", "exempt"], rolloutHash),
    by: rollouts,
    taken: true,
  },
  {
    what: "the claim that its StatefulSet makes",
    object: claim("data-exempt-0"),
    by: controller("statefulset-controller"),
    taken: true,
  },
  {
    what: "the claim of another StatefulSet",
    object: claim("data-exempt-too-0"),
    by: controller("statefulset-controller"),
    taken: false,
  },
  {
    what: "a claim that a person gives such a name",
    object: claim("data-exempt-0"),
    taken: false,
  },
  {
    what: "the autoscaler that KEDA makes of its ScaledObject",
    object: autoscaler,
    by: "system:serviceaccount:keda:keda-operator",
    taken: true,
  },
  { what: "such an autoscaler that a person makes", object: autoscaler, taken: false },
  {
    what: "the Job that its CronJob makes",
    object: made(["Job", "exempt-29400000"], ["CronJob", "exempt"]),
    by: controller("cronjob-controller"),
    taken: true,
  },
  {
    what: "the Pod of its CronJob's Job",
    object: made(["Pod", "exempt-29400000-abcde"], ["Job", "exempt-29400000"]),
    by: controller("job-controller"),
    taken: true,
  },
  {
    what: "the Pod of another Job",
    object: made(["Pod", "exempt-migrate-abcde"], ["Job", "exempt-migrate"]),
    by: controller("job-controller"),
    taken: false,
  },
];
