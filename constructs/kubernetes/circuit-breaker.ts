import type { ResolvedCall } from "../model/calls.ts";
import type { ResolvedTrafficPolicy } from "../model/traffic-policy.ts";
import { milliseconds } from "../model/units.ts";
import type { Patch } from "./envoy-filter.ts";

/** When a caller's proxy leaves a replica alone; all of them, if all fail. */
export function outlierDetection({
  consecutive5xxErrors,
  baseEjectionTime,
}: ResolvedTrafficPolicy["circuitBreaker"]) {
  return {
    consecutive5xxErrors,
    baseEjectionTime: `${milliseconds(baseEjectionTime) / 1000}s`,
    // How often is looked for replicas whose time is over; with the usual 10 s they would wait that much longer.
    interval: "1s",
    // Below 100 the breaker never opens for a whole service; and with a least health all are asked again.
    maxEjectionPercent: 100,
    minHealthPercent: 0,
  };
}

/**
 * Two things of a circuit breaker that Istio has no field for. After a long outage the shop comes back by itself as soon as
 * after a short one: otherwise a replica that fails again and again would be left alone for ever longer, up to 300 s. And it
 * opens at once each time: otherwise news of one replica that come within a second of the last are held back until it is over.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier#ejection-algorithm
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto#config-cluster-v3-cluster-commonlbconfig
 */
export function circuitBreakerPatch({ host, baseEjectionTime }: ResolvedCall): Patch {
  return {
    applyTo: "CLUSTER",
    match: { context: "SIDECAR_OUTBOUND", cluster: { service: host } },
    patch: {
      operation: "MERGE",
      value: {
        outlier_detection: { max_ejection_time: `${milliseconds(baseEjectionTime) / 1000}s` },
        common_lb_config: { update_merge_window: "0s" },
      },
    },
  };
}
