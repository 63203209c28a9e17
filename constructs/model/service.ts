import { ApiReference, type RestApi } from "./api.ts";
import type { Calls } from "./calls.ts";
import type { Configuration } from "./configuration.ts";
import type { Postgres } from "./database.ts";
import type { Jobs } from "./jobs.ts";
import type { Patch } from "./patches.ts";
import type { Probes } from "./probes.ts";
import type { Resources } from "./resources.ts";
import type { Rollout } from "./rollout.ts";
import type { Scaling } from "./scaling.ts";

/** What a team says of its service. Everything else follows from it and the environment. */
export interface ServiceDescription {
  /** The team that answers for the service: a DNS label. Label `pressurevalve.dev/owner` of every object. */
  readonly owner: string;
  /** Name of the image in stacks/images.<environment>.json. Omitted: the service's name. Kubernetes: containers[].image */
  readonly image?: string;
  /** What the service serves: `rest({ port: 3000 })`. */
  readonly api: RestApi;
  /** What one replica may count on. Omitted: 100m of CPU, 128 MiB. */
  readonly resources?: Resources;
  /** Where a replica says how it is. Omitted: /health/startup, /health/ready, /health/live. */
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
  /** Changes to rendered objects where the description has no word for them. Omitted: none. */
  readonly patches?: readonly Patch[];
}

/** A described service, and what others may refer to. */
export interface Service {
  readonly name: string;
  readonly description: ServiceDescription;
  /** Its API, to be called by others: `call(inventory.api)`. */
  readonly api: ApiReference;
}

/** Describes a service. Nothing is checked here: `resolve` reports the problems of all services together. */
export function service(name: string, description: ServiceDescription): Service {
  return Object.freeze({ name, description, api: new ApiReference(name) });
}
