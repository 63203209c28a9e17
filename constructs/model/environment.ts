import type { Duration, Size } from "cdk8s";
import type { DatabaseStore } from "./database.ts";
import type { Resources } from "./resources.ts";
import type { Scaling } from "./scaling.ts";

/** Where services go: values only, never a name to branch on. The shop writes them in stacks/environments.ts. */
export interface Environment {
  /** Name of the environment and of its Pulumi stack. */
  readonly name: string;
  /** Put before a service's name to make its namespace, so that two environments can share a cluster. Kubernetes: metadata.namespace */
  readonly namespacePrefix: string;
  /** References of the services' images, by image name; the shop keeps them in stacks/images.<environment>.json. */
  readonly images: Readonly<Record<string, string>>;
  /** Image with a `wget`, for the Jobs of smoke tests. */
  readonly smokeTestImage: string;
  /** Whether an image may be named by a tag that can move (`allowed`), or only by its digest (`refused`). */
  readonly unpinnedImages: "allowed" | "refused";
  /** The least replicas of any service: what `min` and `replicas` are when a description leaves them out, and their lower bound. */
  readonly minimumReplicas: number;
  /** What every pod may reach besides what its service declares. */
  readonly platformEdges: readonly PlatformEdge[];
  /** What stands behind each kind of store. */
  readonly stores: { readonly postgres: DatabaseStore };
  /** Whether pods must spread over zones (`required`) or should (`preferred`). Kubernetes: topologySpreadConstraints[].whenUnsatisfiable */
  readonly zoneSpread: "required" | "preferred";
  /** How long load must stay low before an autoscaled service gives replicas up. Kubernetes: behavior.scaleDown.stabilizationWindowSeconds */
  readonly scaleDownStabilization: Duration;
  /** How long an update may stand still before it counts as failed. Kubernetes and Argo Rollouts: progressDeadlineSeconds */
  readonly progressDeadline: Duration;
  /** How long the old version of a blue-green service is kept after the switch, where its description does not say. Argo Rollouts: scaleDownDelaySeconds */
  readonly keepBlue: Duration;
  /** Sizes of single services that differ here from their descriptions, by service name. */
  readonly sizing: Readonly<Record<string, Sizing>>;
}

/** Something that the platform offers to every pod: DNS, and later telemetry and the mesh. */
export interface PlatformEdge {
  /** Names the NetworkPolicy: `to-<name>`. */
  readonly name: string;
  readonly to: { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> };
  readonly ports: readonly { readonly protocol: "TCP" | "UDP"; readonly port: number }[];
}

/** The fields of a description that an environment may set otherwise: sizes, nothing else. */
export interface Sizing {
  readonly resources?: Resources;
  readonly scaling?: Scaling;
  /** Kubernetes: resources.requests.storage of the store's volume claim */
  readonly databaseSize?: Size;
}
