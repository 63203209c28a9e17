import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import { hostOf } from "../model/names.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { mostReplicas } from "../model/scaling.ts";
import { mostAdmitted } from "../model/shedding.ts";
import type { ResolvedTrafficPolicy } from "../model/traffic-policy.ts";
import { milliseconds } from "../model/units.ts";
import { outlierDetection } from "./circuit-breaker.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";

/** What the service asks of its callers' proxies: one DestinationRule, for Istio takes no second opinion of a host. */
export function trafficPolicyManifests(service: ResolvedService): Manifest[] {
  const { name, namespace, environment } = service;
  if (environment.mesh.kind === "none") return [];
  return [
    manifest<IDestinationRule>(
      "networking.istio.io/v1",
      "DestinationRule",
      metadata(service, name, "foundation"),
      {
        spec: {
          host: hostOf(name, namespace),
          trafficPolicy: servicePolicy(service, beforeRetry),
        },
      },
    ),
  ];
}

/** What any proxy keeps to that asks the service, and gives up connecting after so long. */
export function servicePolicy(
  { api, scaling, environment }: ResolvedService,
  connectTimeout: string,
): TrafficPolicy {
  return {
    // Each caller's proxy alone may use all of it: how many there will be, and how busy each, nobody knows.
    ...trafficPolicy(api, mostAdmitted(api.shedding) * mostReplicas(scaling), connectTimeout),
    loadBalancer: {
      ...leastRequest,
      warmup: { duration: `${milliseconds(api.warmup) / 1000}s` },
      // As the Service says it; a breaker alone would switch it on, wherever the replicas are. Without priorities of
      // its own, for those would weigh whole zones, and so outweigh both of the above.
      // https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/failover/
      localityLbSetting: { enabled: environment.zoneSpread === "required" },
    },
  };
}

type TrafficPolicy = NonNullable<NonNullable<IDestinationRule["spec"]>["trafficPolicy"]>;

/** A slow replica gets less, where turns would give it as much as the others. */
const leastRequest = { simple: "LEAST_REQUEST" } as const;

/**
 * How long connecting to a replica may take, its TLS included. The time of an attempt begins with the connection: a node that
 * is gone answers nothing, and what waits for it until the budget is over is never tried at another replica. Within a cluster
 * it takes some milliseconds, and 100 ms more where a proxy has used up its CPU; all attempts together still end with the budget.
 * Calls without a retry keep to it as well: docs/decisions/0015-the-mesh-in-the-description.md
 * Istio: [connectTimeout](https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings-TCPSettings)
 */
const beforeRetry = "250ms";

/** What a caller's proxy keeps to, so that it has at most `pool` requests under way and leaves alone what fails. */
export function trafficPolicy(
  { circuitBreaker, retryBudget }: Pick<ResolvedTrafficPolicy, "circuitBreaker" | "retryBudget">,
  pool: number,
  connectTimeout: string,
): TrafficPolicy {
  return {
    connectionPool: {
      // HTTP/1.1 takes a connection for each request that is under way.
      tcp: { maxConnections: pool, connectTimeout },
      // As many may wait for a connection as there may be: until the first ones stand, all that a proxy is asked waits, whether
      // replicas are idle or not, and Envoy counts over all of them. Whoever comes then is told at once.
      // https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking
      http: { http2MaxRequests: pool, http1MaxPendingRequests: pool },
    },
    loadBalancer: leastRequest,
    outlierDetection: outlierDetection(circuitBreaker),
    retryBudget: {
      percent: Math.round(retryBudget * 100),
      // Where there is little traffic, a share of it is nothing.
      minRetryConcurrency: 3,
    },
  };
}
