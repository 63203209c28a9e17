import type { ResolvedService } from "../model/resolve.ts";
import { apiManifests } from "./api.ts";
import { authorizationManifests } from "./authorization.ts";
import { callManifests } from "./calls.ts";
import { configurationManifests } from "./configuration.ts";
import { databaseManifests } from "./database.ts";
import { disruptionManifests } from "./disruption.ts";
import { externalManifests } from "./externals.ts";
import { gatewayManifests } from "./gateway.ts";
import { identityManifests } from "./identity.ts";
import { jobManifests } from "./jobs.ts";
import type { Manifest } from "./manifest.ts";
import { migrationManifests } from "./migrations.ts";
import { networkManifests } from "./network.ts";
import { rehearsalManifests } from "./rehearsals.ts";
import { routeManifests } from "./routes.ts";
import { scalingManifests } from "./scaling.ts";
import { sheddingManifests } from "./shedding.ts";
import { sidecarManifests } from "./sidecar.ts";
import { trafficPolicyManifests } from "./traffic-policy.ts";
import { workloadManifests } from "./workload.ts";

/** Every concern that puts objects of its own into a cluster. */
export const concerns: readonly ((service: ResolvedService) => Manifest[])[] = [
  identityManifests,
  networkManifests,
  authorizationManifests,
  sidecarManifests,
  callManifests,
  routeManifests,
  trafficPolicyManifests,
  gatewayManifests,
  sheddingManifests,
  externalManifests,
  rehearsalManifests,
  configurationManifests,
  databaseManifests,
  migrationManifests,
  apiManifests,
  workloadManifests,
  scalingManifests,
  disruptionManifests,
  jobManifests,
];
