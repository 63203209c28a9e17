import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import { controller, made, rollouts } from "./exempted-objects.ts";

interface Change {
  readonly what: string;
  /** The name of one of `standing`. */
  readonly of: string;
  /** A JSON merge patch, as of RFC 7396. */
  readonly patch: object;
  /** The subresource by which it is changed. Omitted: none. */
  readonly by?: string;
  /** Who changes it. Omitted: an administrator. */
  readonly user?: string;
  readonly taken: boolean;
}

/** No node has it: nobody runs these pods. */
const nowhere = { "pressurevalve.dev/node": "none" };

/** Breaks no rule. */
const soundPod = (name: string) =>
  ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "any", labels: { app: name } },
    spec: {
      nodeSelector: nowhere,
      serviceAccountName: "own",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [container],
    },
  }) as KubernetesObject;

const container = {
  name: "app",
  image: `registry.example/shop/app@sha256:${"0123456789abcdef".repeat(4)}`,
  resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "16Mi" } },
  readinessProbe: { tcpSocket: { port: 80 } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

const boundless = { ...container.resources, limits: { cpu: "1000", memory: "16Mi" } };

const everybody = { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "system:authenticated" };

/** What stood in its namespace before there was any policy, and breaks many rules, but for the sound one. */
export const standing: readonly KubernetesObject[] = [
  changed(made(["ReplicaSet", "old-5d8f"], ["Deployment", "old"], { "pod-template-hash": "5d8f" }), {
    replicas: 0,
  }),
  changed(made(["Pod", "done"]), { nodeSelector: nowhere }),
  soundPod("sound"),
  {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "old", namespace: "any" },
    spec: weighted(100, 0),
  } as KubernetesObject,
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "everyone", namespace: "any" },
    subjects: [everybody],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
  } as KubernetesObject,
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "huge", namespace: "any" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "none",
      resources: { requests: { storage: "5000Ti" } },
    },
  } as KubernetesObject,
  changed(made(["Deployment", "mended"]), {
    replicas: 0,
    selector: { matchLabels: { app: "sound" } },
    template: { metadata: { labels: { app: "sound" } }, spec: (soundPod("sound") as { spec?: object }).spec },
  }),
];

function changed(object: KubernetesObject & { readonly spec?: object }, fields: object): KubernetesObject {
  return { ...object, spec: { ...object.spec, ...fields } } as KubernetesObject;
}

/** A route without a timeout. */
function weighted(...weights: number[]) {
  const route = weights.map((weight, at) => ({ destination: { host: `old-${at}` }, weight }));
  return { hosts: ["old"], http: [{ route }] };
}

export const changes: readonly Change[] = [
  {
    what: "the controller of a Deployment scales an old ReplicaSet",
    of: "old-5d8f",
    patch: { spec: { replicas: 1 }, metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } } },
    user: controller("deployment-controller"),
    taken: true,
  },
  {
    what: "a person scales an old ReplicaSet",
    of: "old-5d8f",
    patch: { spec: { replicas: 1 } },
    taken: false,
  },
  {
    what: "an add-on in kube-system scales an old ReplicaSet",
    of: "old-5d8f",
    patch: { spec: { replicas: 1 } },
    user: controller("helm-controller"),
    taken: false,
  },
  {
    what: "somebody changes the finalizers of a pod",
    of: "done",
    patch: { metadata: { finalizers: ["example.com/held"] } },
    taken: true,
  },
  {
    what: "an operator changes the finalizers of a custom resource",
    of: "old",
    patch: { metadata: { finalizers: ["example.com/held"] } },
    user: "system:serviceaccount:keda:keda-operator",
    taken: true,
  },
  {
    what: "Argo Rollouts shifts weights",
    of: "old",
    patch: { spec: weighted(80, 20) },
    user: rollouts,
    taken: true,
  },
  {
    what: "somebody changes the finalizers of what has no spec",
    of: "everyone",
    patch: { metadata: { finalizers: ["example.com/held"] } },
    taken: true,
  },
  {
    what: "a person adds a subject to those that break a rule",
    of: "everyone",
    patch: { subjects: [everybody, { ...everybody, name: "system:unauthenticated" }] },
    taken: false,
  },
  {
    what: "the scheduler chooses a node for a claim",
    of: "huge",
    patch: { metadata: { annotations: { "volume.kubernetes.io/selected-node": "one" } } },
    user: "system:kube-scheduler",
    taken: true,
  },
  {
    what: "a person annotates a claim",
    of: "huge",
    patch: { metadata: { annotations: { more: "1" } } },
    taken: false,
  },
  {
    what: "a person labels a custom resource",
    of: "old",
    patch: { metadata: { labels: { more: "1" } } },
    taken: false,
  },
  {
    what: "a person scales a Deployment that breaks none",
    of: "mended",
    patch: { spec: { replicas: 1 } },
    taken: true,
  },
  {
    what: "a person makes a Deployment break a rule",
    of: "mended",
    patch: { spec: { template: { spec: { hostNetwork: true } } } },
    taken: false,
  },
  { what: "a person shifts weights", of: "old", patch: { spec: weighted(80, 20) }, taken: false },
  {
    what: "a person labels what breaks a rule",
    of: "done",
    patch: { metadata: { labels: { more: "1" } } },
    taken: false,
  },
  {
    what: "a person annotates what breaks a rule",
    of: "done",
    patch: { metadata: { annotations: { more: "1" } } },
    taken: false,
  },
  {
    what: "a person labels what breaks none",
    of: "sound",
    patch: { metadata: { labels: { more: "1" } } },
    taken: true,
  },
  {
    what: "a debugging container joins that breaks none",
    of: "sound",
    by: "ephemeralcontainers",
    patch: {
      spec: {
        ephemeralContainers: [joining({ ...container, resources: undefined, readinessProbe: undefined })],
      },
    },
    taken: true,
  },
  {
    what: "a debugging container joins that breaks one",
    of: "sound",
    by: "ephemeralcontainers",
    patch: { spec: { ephemeralContainers: [joining({ image: container.image })] } },
    taken: false,
  },
  {
    what: "a pod is resized within bounds",
    of: "sound",
    by: "resize",
    patch: {
      spec: {
        containers: [
          { ...container, resources: { ...container.resources, limits: { cpu: "200m", memory: "16Mi" } } },
        ],
      },
    },
    taken: true,
  },
  {
    what: "a pod is resized beyond them",
    of: "sound",
    by: "resize",
    patch: { spec: { containers: [{ ...container, resources: boundless }] } },
    taken: false,
  },
];

function joining(container: object) {
  return { ...container, name: "debugger" };
}
