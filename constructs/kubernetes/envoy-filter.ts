import type { IEnvoyFilter } from "@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";

/** One change of what Istio makes for a proxy. */
export type Patch = NonNullable<NonNullable<IEnvoyFilter["spec"]>["configPatches"]>[number];

/** The filter that reads HTTP, in which those of requests stand. */
const manager = "envoy.filters.network.http_connection_manager";

/** Where the requests of a port are handled, on their way out of a pod or into it. */
export function requestsOf(
  context: "SIDECAR_INBOUND" | "SIDECAR_OUTBOUND",
  portNumber: number,
): NonNullable<Patch["match"]> {
  return { context, listener: { portNumber, filterChain: { filter: { name: manager } } } };
}

/** A filter that is the last before the router, and so sees what the router makes of a request. */
export function beforeRouter(
  context: "SIDECAR_INBOUND" | "SIDECAR_OUTBOUND",
  portNumber: number,
  value: object,
): Patch {
  const filter = { name: manager, subFilter: { name: "envoy.filters.http.router" } };
  const { listener, ...match } = requestsOf(context, portNumber);
  return {
    applyTo: "HTTP_FILTER",
    match: { ...match, listener: { ...listener, filterChain: { filter } } },
    patch: { operation: "INSERT_BEFORE", value },
  };
}

/** What Envoy can and Istio has no field for. Each one is written for a version of Istio: read them at every upgrade. */
export function envoyFilter(
  service: ResolvedService,
  name: string,
  spec: NonNullable<IEnvoyFilter["spec"]>,
): Manifest {
  return manifest<IEnvoyFilter>(
    "networking.istio.io/v1alpha3",
    "EnvoyFilter",
    metadata(service, name, "foundation", silenced("IST0133")),
    // Where a patch is placed before or after what Istio makes, the order of several filters must be settled.
    { spec: { priority: 10, ...spec } },
  );
}

/**
 * Keeps one message of `istioctl analyze` about one object silent, so that those that matter are seen.
 * https://istio.io/latest/docs/ops/diagnostic-tools/istioctl-analyze/#ignoring-specific-analyzer-messages-via-the-cli
 */
export function silenced(code: string): Record<string, string> {
  return { "galley.istio.io/analyze-suppress": code };
}
