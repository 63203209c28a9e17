import { Duration } from "cdk8s";
import { z } from "zod";
import { fields } from "./shape.ts";
import { wholeSeconds } from "./units.ts";

/** What a service asks of the proxies of its callers, so that their number does not break it; without a mesh nobody keeps to it. */
export interface TrafficPolicy {
  /**
   * How many requests one replica serves at once. Its proxy lets in more, so that there is always a next one: of each
   * `importance` 1 1/4 (`sheddable`) to 4 times (`critical`) as many while answers are fast. It refuses the rest.
   * A caller's proxy never has more under way than the most replicas together let in: `concurrency` x the sum for those
   * `importance`s that the API's requests have (2 for `normal` alone, 7 1/4 for all three) x the most replicas of `scaling`; as
   * many may wait for a connection. 1 to 10000. Omitted: 100.
   * Istio: [connectionPool](https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings), maxConnections, http2MaxRequests and http1MaxPendingRequests;
   * Envoy: [adaptive_concurrency](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter)
   */
  readonly concurrency?: number;
  /**
   * When a caller's proxy stops asking a replica that fails, whatever it was to ask: reads that take too long leave the replica
   * without this caller's writes as well. Omitted: after 5 failures, for 30 s.
   */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Share of the requests under way that may be retries; above it a failure is passed on at once. 0.01 to 1. Omitted: 0.2.
   * Istio: [retryBudget.percent](https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-RetryBudget)
   */
  readonly retryBudget?: number;
  /**
   * How long a new replica gets less than its share, while caches and compilers warm up. 1 s to 15 min, in whole seconds.
   * Omitted: 30 s.
   * Istio: [loadBalancer.warmup.duration](https://istio.io/latest/docs/reference/config/networking/destination-rule/#WarmupConfiguration)
   */
  readonly warmup?: Duration;
}

/** When a caller's proxy stops asking a replica that fails, and for how long. */
export interface CircuitBreaker {
  /**
   * Failures in a row of one replica, as one caller's proxy sees them: an answer of 5xx, a timeout, no connection; of gRPC
   * UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS. 1 to 100. Omitted: 5.
   * Istio: [outlierDetection.consecutive5xxErrors](https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection)
   */
  readonly consecutive5xxErrors?: number;
  /**
   * How long the replica then gets nothing, each time it fails; calls that find no other one fail at once. 1 s to 5 min, in
   * whole seconds. Omitted: 30 s.
   * Istio: [outlierDetection.baseEjectionTime](https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection)
   */
  readonly baseEjectionTime?: Duration;
}

export type ResolvedTrafficPolicy = Required<TrafficPolicy> & {
  readonly circuitBreaker: Required<CircuitBreaker>;
};

const share = "must be a share from 0.01 to 1; write for example 0.2";

/** The fields of an API that say it. */
export const trafficPolicyShape = {
  concurrency: z
    .int({ error: "must be a whole number; give the requests that one replica serves at once", abort: true })
    .min(1, "must be at least 1; a replica that serves nothing is none")
    .max(10_000, "must be at most 10000; add replicas")
    .exactOptional(),
  circuitBreaker: fields({
    consecutive5xxErrors: z
      .int({ error: "must be a whole number; give a number of failures", abort: true })
      .min(1, "must be at least 1; write for example 5")
      .max(100, "must be at most 100; a breaker that never opens protects nobody")
      .exactOptional(),
    baseEjectionTime: wholeSeconds({ min: Duration.seconds(1), max: Duration.minutes(5) }).exactOptional(),
  }).exactOptional(),
  retryBudget: z.number(share).min(0.01, share).max(1, share).exactOptional(),
  warmup: wholeSeconds({ min: Duration.seconds(1), max: Duration.minutes(15) }).exactOptional(),
};

/** A policy with nothing left open. */
export function resolvedTrafficPolicy(described: TrafficPolicy): ResolvedTrafficPolicy {
  return {
    // More than most services serve at once, and fewer than would exhaust sockets and memory.
    concurrency: described.concurrency ?? 100,
    circuitBreaker: {
      // One failure may be chance; five in a row are an outage.
      consecutive5xxErrors: described.circuitBreaker?.consecutive5xxErrors ?? 5,
      // About as long as a restart takes.
      baseEjectionTime: described.circuitBreaker?.baseEjectionTime ?? Duration.seconds(30),
    },
    // Enough for a replica that goes away, and too little to double the load on all of them.
    retryBudget: described.retryBudget ?? 0.2,
    // About as long as a runtime compiles what is asked most.
    warmup: described.warmup ?? Duration.seconds(30),
  };
}
