import { api } from "./api.ts";
import { calls } from "./calls.ts";
import type { Concern } from "./concern.ts";
import { configuration } from "./configuration.ts";
import { database } from "./database.ts";
import { image } from "./image.ts";
import { jobs } from "./jobs.ts";
import { owner } from "./owner.ts";
import { patches } from "./patches.ts";
import { probes } from "./probes.ts";
import { resources } from "./resources.ts";
import { rollout } from "./rollout.ts";
import { scaling } from "./scaling.ts";
import type { ServiceDescription } from "./service.ts";
import { waivers } from "./waivers.ts";

/** Every concern of a service, under the field that describes it. */
export const concerns = {
  owner,
  image,
  api,
  resources,
  probes,
  database,
  calls,
  jobs,
  configuration,
  scaling,
  rollout,
  patches,
  waivers,
} satisfies { [Field in keyof Required<ServiceDescription>]: Concern<ServiceDescription[Field], unknown> };
