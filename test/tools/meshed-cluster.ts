/** The kinds of an API group, as an API server lists them. */
export function resources(...names: string[]): object {
  return { resources: names.map((name) => ({ name })) };
}

/** A pod, as far as anybody asks whose it is and whether it is ready. */
export function pod(serviceAccountName: string, ready = "True"): object {
  return { spec: { serviceAccountName }, status: { conditions: [{ type: "Ready", status: ready }] } };
}

/** Where an API server is asked for what makes a mesh. */
export const meshPaths = {
  networking: "/apis/networking.istio.io/v1",
  security: "/apis/security.istio.io/v1",
  istiods: "/apis/apps/v1/deployments?labelSelector=app%3Distiod",
  settings: "/api/v1/namespaces/istio-system/configmaps/istio",
  gateway: "/apis/networking.istio.io/v1/namespaces/istio-ingress/gateways/shop",
  gatewayPods: "/api/v1/namespaces/istio-ingress/pods?labelSelector=app%3Dingress",
} as const;

/** What istiod was told, as a cluster keeps it; paths are decoded. */
export function meshSettings(mesh: string): object {
  return { data: { mesh: `${mesh}pathNormalization: { normalization: DECODE_AND_MERGE_SLASHES }\n` } };
}

/** What an API server answers of a mesh that is complete, its gateway included, by path. */
export function meshAnswers(): Record<string, object> {
  return {
    [meshPaths.networking]: resources("virtualservices", "destinationrules", "sidecars"),
    [meshPaths.security]: resources("authorizationpolicies", "peerauthentications"),
    [meshPaths.istiods]: {
      items: [{ metadata: { namespace: "istio-system" }, status: { readyReplicas: 1 } }],
    },
    [meshPaths.settings]: meshSettings("rootNamespace: istio-system\n"),
    [meshPaths.gateway]: { kind: "Gateway" },
    [meshPaths.gatewayPods]: { items: [pod("ingress")] },
  };
}
