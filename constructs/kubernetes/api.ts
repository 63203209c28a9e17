import type { V1Service, V1ServiceSpec } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata, selectorLabels } from "./metadata.ts";
import { protocols } from "./protocols.ts";

/** The name under which callers find the API. */
export function apiManifests(service: ResolvedService): Manifest[] {
  return [apiService(service, service.name, catalogued(service))];
}

/** A Service over the application's pods. It stands before the workload: a Rollout without its Services is invalid. */
export function apiService(
  service: ResolvedService,
  name: string,
  annotations: Record<string, string> = {},
): Manifest {
  const { port } = protocols[service.api.kind];
  return manifest<V1Service>("v1", "Service", metadata(service, name, "foundation", annotations), {
    spec: {
      selector: selectorLabels(service, "service"),
      ports: [
        // The same port inside and outside, so that a URL reads alike; meshes and gateways take the protocol from its name.
        // https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
        { name: port, port: service.api.port, targetPort: port, protocol: "TCP", appProtocol: port },
      ],
      ...sameZone(service),
    },
  });
}

/** What Consul's catalog sync reads. https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels */
function catalogued({ name, api, environment }: ResolvedService): Record<string, string> {
  const { consul = {} } = environment;
  const entry = Object.hasOwn(consul, name) ? consul[name] : undefined;
  if (entry === undefined) return {};
  return {
    "consul.hashicorp.com/service-sync": "true",
    "consul.hashicorp.com/service-name": entry.name ?? name,
    "consul.hashicorp.com/service-port": protocols[api.kind].port,
    ...(entry.tags && entry.tags.length > 0 && { "consul.hashicorp.com/service-tags": entry.tags.join(",") }),
  };
}

/**
 * Where every zone has its share of the replicas, each zone asks its own: that is quicker, and clouds charge for the rest. A
 * zone without a ready replica asks the others.
 * https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution
 */
function sameZone({ environment }: ResolvedService): Pick<V1ServiceSpec, "trafficDistribution"> {
  return environment.zoneSpread === "required" ? { trafficDistribution: "PreferSameZone" } : {};
}
