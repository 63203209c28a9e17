import { type Api, ApiReference } from "./api.ts";
import type { Calls } from "./calls.ts";
import type { Configuration } from "./configuration.ts";
import type { Postgres } from "./database.ts";
import type { Jobs } from "./jobs.ts";
import type { Patch } from "./patches.ts";
import type { Probes } from "./probes.ts";
import type { Resources } from "./resources.ts";
import type { Rollout } from "./rollout.ts";
import type { Scaling } from "./scaling.ts";
import type { Waiver } from "./waivers.ts";

/** What a team says of its service. Everything else follows from it and the environment. */
export interface ServiceDescription {
  /** The team that answers for the service: a DNS label of at most 30 characters. Label `pressurevalve.dev/owner` of every object. */
  readonly owner: string;
  /**
   * Name of the image in `stacks/images.<environment>.json`: a DNS label of at most 30 characters. Omitted: the service's name.
   * Kubernetes: [containers[].image](https://kubernetes.io/docs/concepts/containers/images/#image-names)
   * @example
   * image: "shop-front"
   */
  readonly image?: string;
  /** What the service serves: `rest({ port: 3000 })`, `grpc({ port: 4000 })` or `graphql({ port: 4000 })`. */
  readonly api: Api;
  /** What one replica may count on. Omitted: 100m of CPU, 128 MiB. */
  readonly resources?: Resources;
  /**
   * Where a replica says how it is. Omitted: /health/startup, /health/ready, /health/live.
   * @example
   * probes: { readiness: "/ready", startupTimeout: Duration.seconds(80) }
   */
  readonly probes?: Probes;
  /** The database that this service owns: `postgres({ size: Size.gibibytes(20) })`. Omitted: it keeps nothing. */
  readonly database?: Postgres;
  /** The services that it calls: `calls: () => [call(inventory.api)]`; all it may reach. Omitted: none. */
  readonly calls?: Calls;
  /** What runs on a schedule, by name. Omitted: nothing. */
  readonly jobs?: Jobs;
  /** Settings that are no secret. Omitted: none. */
  readonly configuration?: Configuration;
  /** How many replicas. Omitted: as many as the environment's minimum. */
  readonly scaling?: Scaling;
  /** How a new version takes over. Omitted: rolling. */
  readonly rollout?: Rollout;
  /**
   * Changes to rendered objects where the description has no word for them. Omitted: none.
   * @example
   * patches: [
   *   {
   *     kind: "Deployment",
   *     name: "shop-front",
   *     reason: "the card terminal keeps its connection for a minute",
   *     operations: [JsonPatch.replace("/spec/template/spec/terminationGracePeriodSeconds", 90)],
   *   },
   * ]
   */
  readonly patches?: readonly Patch[];
  /**
   * Pitfalls that stay as they are, each with its reason: of these nobody is warned any more. Omitted: none.
   * @example
   * waivers: [{ pitfall: "sequential-calls", reason: "inventory and payment are asked at the same time" }]
   */
  readonly waivers?: readonly Waiver[];
}

/** A described service, and what others may refer to. */
export interface Service {
  /** Its name, and that of most of its objects. */
  readonly name: string;
  /** What its team says of it. */
  readonly description: ServiceDescription;
  /** Its API, to be called by others: `call(inventory.api)`. */
  readonly api: ApiReference;
}

/**
 * Describes a service: its name, a DNS label of at most 30 characters that begins with a letter, and what its team says
 * of it. Nothing is checked here: `resolve` reports the problems of all services together.
 * @example
 * export const hello = service("hello", { owner: "checkout", api: rest({ port: 3000 }) });
 */
export function service(name: string, description: ServiceDescription): Service {
  return Object.freeze({ name, description, api: new ApiReference(name) });
}
