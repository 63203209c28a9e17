import type { Answers } from "./api-server.ts";

/** The kinds of an API group, as an API server lists them. */
export function resources(...names: string[]): Answers[string] {
  return { resources: names.map((name) => ({ name })) };
}

/** A pod of a gateway, as far as anybody asks whose it is and whether it is ready. */
export function pod(serviceAccountName: string, ready = "True"): object {
  return {
    metadata: { labels: { app: "ingress", istio: "ingress" } },
    spec: { serviceAccountName },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}

/** A server of a Gateway that takes routes for those hosts. */
export function httpServer(...hosts: readonly string[]): object {
  return { port: { number: 80, name: "http", protocol: "HTTP" }, hosts };
}

/** Where an API server is asked for what the shop needs besides a mesh. */
export const platformPaths = {
  version: "/version",
  argo: "/apis/argoproj.io/v1alpha1",
  metrics: "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io",
  storage: "/apis/storage.k8s.io/v1/storageclasses",
  rights: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
} as const;

/** What an API server answers of a platform that is complete but for a mesh, by path. */
export function platformAnswers(): Answers {
  const isDefault = { "storageclass.kubernetes.io/is-default-class": "true" };
  return {
    [platformPaths.version]: { major: "1", minor: "36", gitVersion: "v1.36.3" },
    [platformPaths.argo]: resources("rollouts"),
    [platformPaths.metrics]: { status: { conditions: [{ type: "Available", status: "True" }] } },
    [platformPaths.storage]: { items: [{ metadata: { name: "standard", annotations: isDefault } }] },
    [platformPaths.rights]: { status: { allowed: true } },
  };
}

/** Where an API server is asked for what makes a mesh. */
export const meshPaths = {
  networking: "/apis/networking.istio.io/v1",
  security: "/apis/security.istio.io/v1",
  filters: "/apis/networking.istio.io/v1alpha3",
  istiods: "/apis/apps/v1/deployments?labelSelector=app%3Distiod",
  version: "/api/v1/namespaces/istio-system/services/istiod%3A15014/proxy/version",
  settings: "/api/v1/namespaces/istio-system/configmaps/istio",
  gateway: "/apis/networking.istio.io/v1/namespaces/istio-ingress/gateways/shop",
  gatewayPods: "/api/v1/namespaces/istio-ingress/pods?labelSelector=app%3Dingress",
} as const;

/** What istiod was told, as a cluster keeps it; paths are decoded. */
export function meshSettings(mesh: string): Answers[string] {
  return { data: { mesh: `${mesh}pathNormalization: { normalization: DECODE_AND_MERGE_SLASHES }\n` } };
}

/** What an API server answers of a mesh that is complete, its gateway included, by path. */
export function meshAnswers(): Answers {
  return {
    [meshPaths.networking]: resources("virtualservices", "destinationrules", "sidecars", "serviceentries"),
    [meshPaths.filters]: resources("envoyfilters"),
    [meshPaths.security]: resources("authorizationpolicies", "peerauthentications"),
    [meshPaths.istiods]: {
      items: [{ metadata: { namespace: "istio-system", name: "istiod" }, status: { readyReplicas: 1 } }],
    },
    [meshPaths.version]: "1.27.0-0b29dc6a1a1ea6f6a3ac15d1b2d3c5de2c2c5e2b-Clean",
    [meshPaths.settings]: meshSettings("rootNamespace: istio-system\n"),
    [meshPaths.gateway]: { kind: "Gateway", spec: { servers: [httpServer("*")] } },
    [meshPaths.gatewayPods]: { items: [pod("ingress")] },
  };
}
