import { Cpu, Duration, type Environment, type PlatformEdge } from "../../../../../constructs/index.ts";
import images from "./images.test.json" with { type: "json" };

const dns: PlatformEdge = {
  name: "dns",
  to: { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } },
  ports: [{ protocol: "UDP", port: 53 }],
};

const test: Environment = {
  name: "test",
  namespacePrefix: "test-",
  images,
  unpinnedImages: "allowed",
  smokeTestImage: "images.example/busybox:1",
  stores: { postgres: { kind: "statefulset", image: "images.example/postgres:17" } },
  platformEdges: [dns],
  platformCallers: [],
  mesh: { kind: "none" },
  gateway: { kind: "none" },
  minimumReplicas: 2,
  zoneSpread: "preferred",
  scaleDownStabilization: Duration.minutes(5),
  progressDeadline: Duration.minutes(10),
  keepBlue: Duration.minutes(5),
  sizing: {
    // Half of what production has.
    basket: { resources: { cpu: Cpu.millis(100) } },
  },
};

export const environments = { test };
