import type { CheckerName, Finding } from "./checker.ts";

/** Findings that stay, because what they ask for would be worse. */
export interface Justified {
  /** In the checkers' own words: a check's id and what it says. */
  readonly says: { readonly [Name in CheckerName]?: readonly string[] };
  /** Of what, by environment: it is said of an object of each of these kinds there, or the entry has to go. */
  readonly of: Readonly<Record<string, readonly string[]>>;
  /** What holds in place of it. */
  readonly reason: string;
}

const workloads = ["Deployment", "Job", "CronJob"];
const delivered = { staging: workloads, production: workloads };
/** Dev has databases of its own. */
const dev = { dev: [...workloads, "StatefulSet"] };

function everywhere(kind: string): Justified["of"] {
  return { dev: [kind], staging: [kind], production: [kind] };
}

/** All that the checkers have against MountainPass; docs/checkers.md is written from it. */
export const justified: readonly Justified[] = [
  {
    says: {
      "kube-score": [
        "container-resources: CPU limit is not set",
        "container-cpu-requests-equal-limits: CPU requests does not match limits",
        "container-resource-requests-equal-limits: CPU requests does not match limits",
      ],
      Checkov: ["CKV_K8S_11: CPU limits should be set"],
    },
    of: { ...dev, ...delivered },
    reason:
      "A CPU limit throttles a container while its node idles, just when a burst arrives. Every container requests CPU, and when there is too little the kernel shares it out by the requests; so nobody takes what another one asked for. Memory and disk, which cannot be taken back, are limited, each to its request.",
  },
  {
    says: { "kube-score": ["container-image-pull-policy: ImagePullPolicy is not set to Always"] },
    of: delivered,
    reason:
      "Every image is named by its digest, so what a node has is what would be pulled. With Always no pod starts while the registry is down, also not to replace one on a node that was lost. Whether a pod may use a private image that another one pulled is asked by the kubelet itself, from Kubernetes 1.35 on (KubeletEnsureSecretPulledImages). Checkov knows digests, and has nothing against it.",
  },
  {
    says: {
      "kube-score": ["container-image-pull-policy: ImagePullPolicy is not set to Always"],
      Checkov: ["CKV_K8S_15: Image Pull Policy should be Always", "CKV_K8S_43: Image should use digest"],
    },
    of: dev,
    reason:
      "The images of dev are built on the developer's machine and loaded into the node. No registry has them, so there is nothing to pull and no digest that a registry gave. Elsewhere synth refuses an image without one.",
  },
  {
    says: {
      "kube-score": [
        "deployment-has-host-podantiaffinity: Deployment does not have a host podAntiAffinity set",
      ],
    },
    of: everywhere("Deployment"),
    reason:
      "Replicas are spread over zones and hosts by topologySpreadConstraints, which this check does not read; kube-score's own pod-topology-spread-constraints finds nothing to mend. A required podAntiAffinity would let a service have no more replicas than there are nodes, and a blue-green update half of that.",
  },
  {
    says: {
      "kube-score": ["deployment-replicas: Deployment few replicas"],
    },
    of: { dev: ["Deployment"] },
    reason:
      "Dev is to fit into one core of a laptop: minimumReplicas is 1 there, 2 in staging and 3 in production.",
  },
  {
    says: { "kube-score": ["horizontalpodautoscaler-replicas: HPA few replicas"] },
    of: { dev: ["HorizontalPodAutoscaler"] },
    reason: "The same of a service that scales: in dev it begins with one replica.",
  },
  {
    says: {
      Kyverno: ["no-loadbalancers: Service of type LoadBalancer is not allowed."],
    },
    of: everywhere("Service"),
    reason:
      "No Service has a type, and one without is a ClusterIP; the check wants some other type to be written down. What may be public is asked by the policy no-public-service.",
  },
  {
    says: {
      Kyverno: ["drop-all-capabilities: Drop all must be defined for every container in the Pod."],
    },
    of: { ...dev, ...delivered },
    reason:
      "No pod has an init container, and the check wants one that drops all capabilities. Every container that there is drops them, as the checks of the Pod Security Standard see.",
  },
  {
    says: {
      Kyverno: [
        "validate-userid-groupid-fsgroup: User ID should be 1000.",
        "validate-userid-groupid-fsgroup: Group ID should be 3000.",
        "validate-userid-groupid-fsgroup: fsgroup should be 2000.",
      ],
    },
    of: { ...dev, ...delivered },
    reason:
      "The numbers are an example of Kyverno's. Which ones they are says nothing of rights; that none is root's is asked by the Pod Security Standard and by Kyverno's own require-non-root-groups, which have nothing against them.",
  },
  {
    says: { Kyverno: ["select-secrets: variables substitution error"] },
    of: { ...dev, ...delivered },
    reason:
      "An example that asks a cluster for the labels of the Secret that a pod mounts, and here there is no cluster.",
  },
  {
    says: {
      Kyverno: [
        "deployment-has-multiple-replicas: Deployments must have more than one replica to ensure availability.",
      ],
    },
    of: everywhere("Deployment"),
    reason:
      "Under an autoscaler no replicas are rendered, or each deployment would set back what it has scaled; the check looks for the number there. Everything scales from 2 in staging and from 3 in production; in dev one is enough.",
  },
  {
    says: {
      "istioctl analyze": [
        "IST0133: Schema validation warning: EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.",
      ],
    },
    of: everywhere("EnvoyFilter"),
    reason:
      "Istio has no other API for degraded answers and for shedding load; what Envoy makes of the filters is tried on the local cluster with the versions that are pinned, and a filter that Envoy does not know is told beside this.",
  },
];

/** What tells findings apart that an entry is about. */
export function keysOf(name: CheckerName): string[] {
  return justified.flatMap(({ says, of }) =>
    (says[name] ?? []).flatMap((words) =>
      Object.entries(of).flatMap(([environment, kinds]) =>
        kinds.map((kind) => key(environment, kind, words)),
      ),
    ),
  );
}

export function keyOf({ environment, object, says }: Finding): string {
  return key(environment, object.replace(/ .*/, ""), says);
}

function key(environment: string, kind: string, says: string): string {
  return `${environment}: ${kind}: ${says}`;
}
