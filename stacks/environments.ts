import {
  Cpu,
  Duration,
  type Environment,
  type Gateway,
  type PlatformCaller,
  type PlatformEdge,
} from "pressurevalve";
import devImages from "./images.dev.json" with { type: "json" };
import productionImages from "./images.production.json" with { type: "json" };
import stagingImages from "./images.staging.json" with { type: "json" };

/** Cluster DNS as every distribution labels it. */
const dns: PlatformEdge = {
  name: "dns",
  to: { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } },
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Where a sidecar gets its certificate and its configuration. */
const istiod: PlatformEdge = {
  name: "istiod",
  to: { namespace: "istio-system", podLabels: { app: "istiod" } },
  ports: [{ protocol: "TCP", port: 15012 }],
};

/** Asks every sidecar what it has counted. */
const prometheus: PlatformCaller = {
  name: "prometheus",
  from: { namespace: "prometheus", podLabels: { app: "prometheus" } },
  ports: [{ protocol: "TCP", port: 15090 }],
};

/** The way in, by the name that the world asks for. */
function ingress(host: string): Gateway {
  return {
    kind: "istio",
    gateway: "istio-ingress/shop",
    host,
    pods: { namespace: "istio-ingress", podLabels: { app: "ingress" } },
    serviceAccount: "ingress",
  };
}

/** Where the images of staging and production come from, and no others. */
const registry = "registry.mountainpass.example/";

const dev: Environment = {
  name: "dev",
  namespacePrefix: "dev-",
  images: devImages.services,
  unpinnedImages: "allowed",
  smokeTestImage: devImages.tools.busybox,
  stores: { postgres: { kind: "statefulset", image: devImages.stores.postgres } },
  platformEdges: [dns, istiod],
  platformCallers: [prometheus],
  mesh: { kind: "istio", trustDomain: "cluster.local" },
  gateway: ingress("*"),
  minimumReplicas: 1,
  zoneSpread: "preferred",
  scaleDownStabilization: Duration.seconds(30),
  progressDeadline: Duration.seconds(90),
  keepBlue: Duration.seconds(30),
  // Told, and tried at once; nothing here is worth a backup, and the way in has no name.
  policies: { level: "advisory", levels: { backups: "disabled", "no-wildcard-hosts": "disabled" } },
  // A laptop has few cores: all of MountainPass fits into one of them, and order shows how it scales.
  sizing: {
    order: { resources: { cpu: Cpu.millis(100) }, scaling: { kind: "autoscaled", max: 3 } },
    inventory: { resources: { cpu: Cpu.millis(50) }, scaling: { kind: "fixed" } },
    payment: { resources: { cpu: Cpu.millis(50) }, scaling: { kind: "fixed" } },
    notification: { resources: { cpu: Cpu.millis(50) }, scaling: { kind: "fixed" } },
    rental: { resources: { cpu: Cpu.millis(50) }, scaling: { kind: "fixed" } },
  },
};

const staging: Environment = {
  name: "staging",
  namespacePrefix: "staging-",
  images: stagingImages.services,
  unpinnedImages: "refused",
  smokeTestImage: stagingImages.tools.busybox,
  stores: { postgres: { kind: "managed", subnets: ["10.41.64.0/20"] } },
  platformEdges: [dns, istiod],
  platformCallers: [prometheus],
  mesh: { kind: "istio", trustDomain: "cluster.local" },
  gateway: ingress("shop.staging.mountainpass.example"),
  minimumReplicas: 2,
  zoneSpread: "preferred",
  scaleDownStabilization: Duration.minutes(5),
  progressDeadline: Duration.minutes(10),
  keepBlue: Duration.minutes(5),
  policies: { level: "mandatory", parameters: { registries: [registry], minReplicas: 2 } },
  sizing: {},
};

const production: Environment = {
  name: "production",
  namespacePrefix: "production-",
  images: productionImages.services,
  unpinnedImages: "refused",
  smokeTestImage: productionImages.tools.busybox,
  stores: { postgres: { kind: "managed", subnets: ["10.42.64.0/20", "10.42.80.0/20", "10.42.96.0/20"] } },
  platformEdges: [dns, istiod],
  platformCallers: [prometheus],
  mesh: { kind: "istio", trustDomain: "cluster.local" },
  gateway: ingress("shop.mountainpass.example"),
  minimumReplicas: 3,
  zoneSpread: "required",
  scaleDownStabilization: Duration.minutes(5),
  progressDeadline: Duration.minutes(10),
  keepBlue: Duration.minutes(30),
  policies: { level: "mandatory", parameters: { registries: [registry], minReplicas: 3 } },
  sizing: {},
};

/** Where MountainPass goes: the values of each environment, side by side. */
export const environments = { dev, staging, production };
