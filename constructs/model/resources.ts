import { Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import type { Concern } from "./concern.ts";
import { fields } from "./shape.ts";
import { cpu, size } from "./units.ts";

/** What one replica may count on. */
export interface Resources {
  /**
   * CPU that is kept free for each replica, and the measure of an autoscaler's target. 1m to 64 cores, in whole
   * millicores. There is no CPU limit: a throttled replica is slow while the node idles. Omitted: 100m.
   * Kubernetes: [resources.requests.cpu](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu)
   */
  readonly cpu?: Cpu;
  /**
   * Memory of each replica; above it the container is killed. 16 MiB to 512 GiB, in whole mebibytes. Omitted: 128 MiB.
   * Kubernetes: [resources.requests.memory and limits.memory](https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory)
   */
  readonly memory?: Size;
}

export const resources: Concern<Resources | undefined, Required<Resources>> = {
  schema: fields({
    cpu: cpu({ min: Cpu.millis(1), max: Cpu.units(64) }).exactOptional(),
    memory: size({ min: Size.mebibytes(16), max: Size.gibibytes(512) }).exactOptional(),
  }).optional(),
  resolve: (described) => ({
    // A tenth of a core: enough to start and to answer probes. An autoscaler adds replicas where it is not enough.
    cpu: described?.cpu ?? Cpu.millis(100),
    // What a small process of Node.js, Go or .NET needs; whatever holds more says so.
    memory: described?.memory ?? Size.mebibytes(128),
  }),
};
