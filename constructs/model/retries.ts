import { Duration } from "cdk8s";
import { milliseconds } from "./units.ts";

/** More than this many attempts of one call make an outage worse. */
export const mostAttempts = 10;

/** And so do more than this many retries for one request, wherever on its way they are made. */
export const mostRetries = mostAttempts - 1;

/** How long a call may take that says nothing of it: longer than a healthy one takes, shorter than a person waits. */
export const usualTimeout = Duration.seconds(1);

/** The longest that a request may take, and so the time that a stopping replica needs to drain. */
export const longestTimeout = Duration.seconds(20);

/**
 * The longest that a proxy waits before a retry: Envoy draws from 0 to (2^n - 1) x 25 ms, and never more than 250 ms.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#config-http-filters-router-x-envoy-max-retries
 */
function backOff(retry: number): number {
  return Math.min((2 ** retry - 1) * 25, 250);
}

/** The waits between all attempts, at their longest. */
export function backOffs(attempts: number): Duration {
  const retries = Array.from({ length: attempts - 1 }, (_, index) => backOff(index + 1));
  return Duration.millis(retries.reduce((sum, wait) => sum + wait, 0));
}

/** The longest that a call takes: every attempt its whole timeout, and the waits between them. */
export function budgetOf(timeout: Duration, attempts: number): Duration {
  return Duration.millis(attempts * milliseconds(timeout) + milliseconds(backOffs(attempts)));
}
