import type { Manifest } from "./manifest.ts";
import { restrictedNamespace } from "./restricted-namespace.ts";

const namespace = "istio-ingress";
const name = "ingress";
const labels = { app: name, istio: name };
const metadata = { name, namespace, labels };

/**
 * The way into the mesh from outside: with mutual TLS everywhere, nothing else of it answers plain text. It is an
 * Envoy that istiod injects, as upstream's own chart for gateways has it, so istiod must answer before a pod of it
 * is made. What it serves is said by VirtualServices that bind to the Gateway `istio-ingress/shop`.
 */
export function ingress(): Manifest[] {
  return [gateway(), service(), deployment()];
}

/** What must be there first, and needs no istiod. */
export function ingressHome(): Manifest[] {
  return [restrictedNamespace(namespace), { apiVersion: "v1", kind: "ServiceAccount", metadata }];
}

function gateway(): Manifest {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "shop", namespace },
    spec: {
      selector: labels,
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    },
  };
}

function service(): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      selector: labels,
      ports: [{ name: "http", port: 80, targetPort: 8080, protocol: "TCP", appProtocol: "http" }],
    },
  };
}

function deployment(): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: { ...labels, "sidecar.istio.io/inject": "true" },
          annotations: { "inject.istio.io/templates": "gateway" },
        },
        spec: {
          serviceAccountName: name,
          securityContext: { seccompProfile: { type: "RuntimeDefault" } },
          containers: [container],
        },
      },
    },
  };
}

/** The name and the image are what the injector looks for; the rest of the container is its own. */
const container = {
  name: "istio-proxy",
  image: "auto",
  // Kubernetes' own for an image without a tag is to ask its registry, before the injector can say otherwise.
  imagePullPolicy: "IfNotPresent",
  ports: [{ name: "http-envoy-prom", containerPort: 15090, protocol: "TCP" }],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  },
  resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  // The injector's asks every 15 seconds only, and all of a start would wait for it.
  readinessProbe: {
    httpGet: { path: "/healthz/ready", port: 15021 },
    periodSeconds: 1,
    timeoutSeconds: 3,
    failureThreshold: 4,
  },
};
