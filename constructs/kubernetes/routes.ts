import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import type { ResolvedCall } from "../model/calls.ts";
import type { ResolvedRequest } from "../model/requests.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { milliseconds } from "../model/units.ts";
import { callees } from "./calls.ts";
import { circuitBreakerPatch } from "./circuit-breaker.ts";
import { degradedPatches } from "./degraded.ts";
import { envoyFilter } from "./envoy-filter.ts";
import { healthCheckPatches } from "./externals.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { breadth, pathExpression } from "./paths.ts";
import { protocols } from "./protocols.ts";

type Calls = readonly [ResolvedCall, ...ResolvedCall[]];

/** How a caller's proxy asks each callee; the caller owns that. A proxy takes one VirtualService a host, for all calls of it. */
export function routeManifests(service: ResolvedService): Manifest[] {
  if (service.environment.mesh.kind === "none") return [];
  return callees(service).flatMap((calls) => [routes(service, calls), beyondIstio(service, calls)]);
}

/**
 * What Istio has no field for, in one object an edge. It selects no pods: the namespace is the service's own, its jobs make its
 * calls as well, and a selector has no "or"; pods that do not call the callee have no cluster or route of it to patch.
 */
function beyondIstio(service: ResolvedService, calls: Calls): Manifest {
  const [call] = calls;
  const configPatches = [
    circuitBreakerPatch(call),
    ...healthCheckPatches(call),
    ...degradedPatches(service.name, calls),
  ];
  return envoyFilter(service, `to-${call.callee}`, { configPatches });
}

/** All routes to a callee: those of the narrowest path first, and in the end what nobody declared. */
function routes(service: ResolvedService, calls: Calls): Manifest {
  const [{ callee, host }] = calls;
  return manifest<IVirtualService>(
    "networking.istio.io/v1",
    "VirtualService",
    metadata(service, `to-${callee}`, "foundation"),
    {
      spec: {
        hosts: [host],
        // Other callers have their own timeouts.
        exportTo: ["."],
        http: [
          ...calls
            .flatMap((call) => call.requests.map((request) => ({ call, request })))
            // The first route that matches counts.
            .sort((one, other) => breadth(one.request) - breadth(other.request))
            .map(({ call, request }) => route(call, request)),
          refusal(service.name, callee),
        ],
      },
    },
  );
}

type Route = NonNullable<NonNullable<IVirtualService["spec"]>["http"]>[number];

/** One class of requests: what is not idempotent is never asked twice. */
function route(call: ResolvedCall, request: ResolvedRequest): Route {
  const retries = request.idempotent ? call.attempts - 1 : 0;
  return {
    name: request.name,
    match: [requestMatch(request)],
    route: [{ destination: { host: call.host, port: { number: call.port } } }],
    // A stream lasts until one side ends it; no field means no end.
    ...(!request.streaming && { timeout: inMilliseconds(retries > 0 ? call.budget : call.timeout) }),
    // Left out, it would mean two retries, of a POST as well.
    // https://istio.io/latest/docs/concepts/traffic-management/#retries
    retries:
      retries === 0
        ? { attempts: 0 }
        : {
            attempts: retries,
            perTryTimeout: inMilliseconds(call.timeout),
            retryOn: protocols[call.kind].retryOn,
          },
  } as Route;
}

/** What no description names is refused where it is asked, with what to do about it; to gRPC, Envoy says PERMISSION_DENIED. */
function refusal(caller: string, callee: string): Route {
  const text = `${caller} does not ask this of ${callee}; name it in the requests of the call`;
  return { name: "undeclared", directResponse: { status: 403, body: { string: text } } } as Route;
}

/** What a request is told by. */
export function requestMatch(request: ResolvedRequest) {
  return { uri: uri(request.path), method: method(request) };
}

/** A regular expression only where several methods are one class. */
function method({ methods }: ResolvedRequest) {
  const all = methods.join("|");
  return methods.length === 1 ? { exact: all } : { regex: all };
}

/** A path as Envoy matches it; only what has a `{segment}` needs a regular expression, and RE2 takes every one of these. */
function uri(path: string) {
  const all = path.endsWith("/*");
  const stem = all ? path.slice(0, -1) : path;
  if (!path.includes("{")) return all ? { prefix: stem } : { exact: stem };
  return { regex: pathExpression(path) };
}

/** Istio takes Go's spelling of durations. */
export function inMilliseconds(duration: ResolvedCall["timeout"]): string {
  return `${milliseconds(duration)}ms`;
}
