import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { ResolvedCall } from "../model/calls.ts";
import type { ResolvedExternal } from "../model/external.ts";
import type { ResolvedPlace } from "../model/external-place.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { callees } from "./calls.ts";
import type { Patch } from "./envoy-filter.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { serviceEntry } from "./service-entry.ts";
import { trafficPolicy } from "./traffic-policy.ts";

/** In a mesh, what the proxy of a caller must know of an external, and nobody but the caller can tell it. */
export function externalManifests(service: ResolvedService): Manifest[] {
  if (service.environment.mesh.kind === "none") return [];
  return callees(service).flatMap(([call]) => {
    const { external } = call;
    return external?.place ? [entry(service, call, external.place), policy(service, call, external)] : [];
  });
}

function entry(
  service: ResolvedService,
  { callee, host, port }: ResolvedCall,
  place: ResolvedPlace,
): Manifest {
  return serviceEntry(service, objectName(callee), {
    hosts: [host],
    ports: [
      // HTTP also where the wire has TLS: the proxy begins it, and so sees what is asked.
      // https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
      {
        number: port,
        name: "http",
        protocol: "HTTP",
        ...(place.port !== port && { targetPort: place.port }),
      },
    ],
    ...(place.addresses
      ? {
          // The first is what applications are told; behind it stand all of them.
          addresses: place.addresses.slice(0, 1),
          resolution: "STATIC",
          endpoints: place.addresses.map((address) => ({ address })),
        }
      : // Each address that DNS knows is asked, and left alone when it fails.
        { resolution: "DNS" }),
  });
}

/** What a service says of itself once, each caller says of an external. */
function policy(
  service: ResolvedService,
  { callee, host }: ResolvedCall,
  external: ResolvedExternal,
): Manifest {
  const serverName = external.place?.serverName;
  return manifest<IDestinationRule>(
    "networking.istio.io/v1",
    "DestinationRule",
    metadata(service, objectName(callee), "foundation"),
    {
      spec: {
        host,
        exportTo: ["."],
        trafficPolicy: {
          // TLS across the internet, with a round trip of 200 ms, takes most of a second.
          ...trafficPolicy(external, external.concurrency, "1s"),
          // A certificate of any other name is somebody else's.
          tls: serverName
            ? { mode: "SIMPLE", sni: serverName, subjectAltNames: [serverName] }
            : { mode: "DISABLE" },
        },
      },
    },
  );
}

/**
 * Active health checks, which a ServiceEntry has no field for. A check that succeeds would also end the pause of a replica that
 * fails at what it is asked, so that is left to the breaker.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/health_check.proto
 */
export function healthCheckPatches({ host, external }: ResolvedCall): Patch[] {
  const { healthCheck, serverName } = external?.place ?? {};
  if (healthCheck === undefined) return [];
  return [
    {
      applyTo: "CLUSTER",
      match: { context: "SIDECAR_OUTBOUND", cluster: { service: host } },
      patch: {
        operation: "MERGE",
        value: {
          health_checks: [
            {
              timeout: "1s",
              interval: "10s",
              // Also while nobody asks anything, or the first request after a pause would meet what nobody has looked at.
              no_traffic_interval: "10s",
              // For those that do not answer; another answer than 200 counts at once.
              unhealthy_threshold: 3,
              healthy_threshold: 1,
              http_health_check: { path: healthCheck, ...(serverName && { host: serverName }) },
            },
          ],
          outlier_detection: { successful_active_health_check_uneject_host: false },
        },
      },
    },
  ];
}

/** With a dot, which no name of a service has: its own objects are called after it. */
function objectName(callee: string): string {
  return `to.${callee}`;
}
