import { Duration, type Environment, type PlatformEdge } from "pressurevalve";
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

const dev: Environment = {
  name: "dev",
  namespacePrefix: "dev-",
  images: devImages.services,
  unpinnedImages: "allowed",
  smokeTestImage: devImages.tools.busybox,
  stores: { postgres: { kind: "statefulset", image: devImages.stores.postgres } },
  platformEdges: [dns],
  platformCallers: [],
  mesh: { kind: "none" },
  gateway: { kind: "none" },
  minimumReplicas: 1,
  zoneSpread: "preferred",
  scaleDownStabilization: Duration.seconds(30),
  progressDeadline: Duration.seconds(90),
  keepBlue: Duration.seconds(30),
  policies: { level: "advisory", levels: { backups: "disabled" } },
  sizing: {},
};

const staging: Environment = {
  name: "staging",
  namespacePrefix: "staging-",
  images: stagingImages.services,
  unpinnedImages: "refused",
  smokeTestImage: stagingImages.tools.busybox,
  // Where your managed databases are; services without a database do not ask.
  stores: { postgres: { kind: "managed", subnets: ["10.0.0.0/16"] } },
  platformEdges: [dns],
  platformCallers: [],
  mesh: { kind: "none" },
  gateway: { kind: "none" },
  minimumReplicas: 2,
  zoneSpread: "preferred",
  scaleDownStabilization: Duration.minutes(5),
  progressDeadline: Duration.minutes(10),
  keepBlue: Duration.minutes(5),
  policies: { level: "mandatory" },
  sizing: {},
};

const production: Environment = {
  name: "production",
  namespacePrefix: "production-",
  images: productionImages.services,
  unpinnedImages: "refused",
  smokeTestImage: productionImages.tools.busybox,
  stores: { postgres: { kind: "managed", subnets: ["10.0.0.0/16"] } },
  platformEdges: [dns],
  platformCallers: [],
  mesh: { kind: "none" },
  gateway: { kind: "none" },
  minimumReplicas: 3,
  zoneSpread: "required",
  scaleDownStabilization: Duration.minutes(5),
  progressDeadline: Duration.minutes(10),
  keepBlue: Duration.minutes(30),
  policies: { level: "mandatory" },
  sizing: {},
};

/** Where the services go: the values of each environment, side by side. */
export const environments = { dev, staging, production };
