import type { ISidecar } from "@kubernetes-models/istio/networking.istio.io/v1/Sidecar";
import { hostOf } from "../model/names.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { callees } from "./calls.ts";
import { databaseHosts } from "./database.ts";
import { silenced } from "./envoy-filter.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { type Component, metadata, selectorLabels } from "./metadata.ts";
import { previewService } from "./rollout.ts";

/** In a mesh a pod's own proxy knows what the pod may reach, and sends nothing anywhere else. */
export function sidecarManifests(service: ResolvedService): Manifest[] {
  if (service.environment.mesh.kind === "none") return [];
  return [
    // For pods that no description knows of.
    sidecar(service, "default", []),
    ...reaches(service).map(([component, hosts]) => sidecar(service, component, hosts, component)),
  ];
}

/** What each kind of the service's pods reaches. */
function reaches(service: ResolvedService): [Component, string[]][] {
  const { rollout, jobs, database } = service;
  const databases = databaseHosts(service);
  const called = callees(service).flatMap(([{ namespace, host }]) => [
    // The Service is the callee's; the routes to it are this service's own, and are left out unless their namespace is named.
    ...(namespace === service.namespace ? [] : [`${namespace}/${host}`]),
    `./${host}`,
  ]);
  return [
    ["service", [...called, ...databases]],
    ...(jobs.length > 0 ? [["job", [...called, ...databases]] as [Component, string[]]] : []),
    ...(database?.migrations ? [["migration", databases] as [Component, string[]]] : []),
    ...(rollout.kind === "blue-green" && rollout.smokeTest.length > 0
      ? [["smoke-test", [`./${hostOf(previewService(service), service.namespace)}`]] as [Component, string[]]]
      : []),
  ];
}

/** One Sidecar for the pods of a component, or for those that have none of their own. */
function sidecar(
  service: ResolvedService,
  name: string,
  hosts: readonly string[],
  component?: Component,
): Manifest {
  // Between two runs of a Job, no pod matches, and that is no fault.
  const annotations = component === undefined || component === "service" ? {} : silenced("IST0101");
  return manifest<ISidecar>(
    "networking.istio.io/v1",
    "Sidecar",
    metadata(service, name, "foundation", annotations),
    {
      spec: {
        ...(component && { workloadSelector: { labels: selectorLabels(service, component) } }),
        // What the registry does not know is refused, and counted, rather than let through.
        outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
        // A list without hosts would mean all of them.
        egress: [{ hosts: hosts.length > 0 ? [...hosts] : ["~/*"] }],
      },
    },
  );
}
