import type { ResolvedCall } from "../model/calls.ts";
import type { ResolvedDegradedAnswer } from "../model/degraded.ts";
import { beforeRouter, type Patch } from "./envoy-filter.ts";

type Degraded = ResolvedCall & { readonly degraded: ResolvedDegradedAnswer };

/**
 * Has a caller's sidecar answer in place of a callee. The router answers only when no attempt is left, and what it makes up
 * itself (no connection, no time, no healthy replica) passes this filter like an answer of the callee.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/custom_response_filter
 */
export function degradedPatches(caller: string, calls: readonly ResolvedCall[]): Patch[] {
  const degraded = calls.filter((call): call is Degraded => call.degraded !== undefined);
  const [first] = degraded;
  if (first === undefined) return [];
  return [
    switchedOff(first),
    ...degraded.flatMap((call) => call.requests.map((request) => switchedOn(caller, call, request.name))),
  ];
}

/** A filter of its own for each callee, so that edges come and go alone; one of the same name would answer twice. */
function filterName(callee: string): string {
  return `pressurevalve.degraded.${callee}`;
}

/** Envoy's own name of the filter's settings. */
const customResponse = "type.googleapis.com/envoy.extensions.filters.http.custom_response.v3.CustomResponse";

/** The filter stands in the way of every request to the port, and does nothing before a route says so. */
function switchedOff({ callee, port }: Degraded): Patch {
  return beforeRouter("SIDECAR_OUTBOUND", port, {
    name: filterName(callee),
    disabled: true,
    typed_config: { "@type": customResponse },
  });
}

/** Istio calls a route of Envoy's as the VirtualService does. */
function switchedOn(caller: string, { callee, host, port, degraded }: Degraded, route: string): Patch {
  return {
    applyTo: "HTTP_ROUTE",
    match: {
      context: "SIDECAR_OUTBOUND",
      routeConfiguration: { vhost: { name: `${host}:${port}`, route: { name: route } } },
    },
    patch: {
      operation: "MERGE",
      value: {
        typed_per_filter_config: {
          [filterName(callee)]: {
            "@type": customResponse,
            custom_response_matcher: inPlaceOf5xx(answer(caller, callee, degraded)),
          },
        },
      },
    },
  };
}

/** What Envoy's router makes up itself is 5xx as well: 503 without a replica, 504 without time. */
function inPlaceOf5xx(policy: object) {
  return {
    matcher_list: {
      matchers: [
        {
          predicate: {
            single_predicate: {
              input: {
                name: "class",
                typed_config: {
                  "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpResponseStatusCodeClassMatchInput",
                },
              },
              value_match: { exact: "5xx" },
            },
          },
          on_match: { action: { name: "degraded", typed_config: policy } },
        },
      ],
    },
  };
}

/** The whole of an answer: nothing of the callee's is left in it. */
function answer(caller: string, callee: string, { status, body }: ResolvedDegradedAnswer) {
  const headers = {
    "content-type": "application/json",
    // By itself a 200 may be kept.
    "cache-control": "no-store",
    // https://www.rfc-editor.org/rfc/rfc9209#section-2.3.2
    "proxy-status": `${caller}; error=destination_unavailable; details="degraded answer for ${callee}"`,
  };
  return {
    "@type":
      "type.googleapis.com/envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy",
    status_code: status,
    body: { inline_string: body },
    response_headers_to_add: Object.entries(headers).map(([key, value]) => ({
      header: { key, value },
      append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
    })),
  };
}
