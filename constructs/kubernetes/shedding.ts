import { type Method, pathsOverlap } from "../model/requests.ts";
import type { ResolvedService } from "../model/resolve.ts";
import type { Admission, Importance } from "../model/shedding.ts";
import { milliseconds } from "../model/units.ts";
import { beforeRouter, envoyFilter, type Patch, requestsOf } from "./envoy-filter.ts";
import type { Manifest } from "./manifest.ts";
import { selectorLabels } from "./metadata.ts";
import { breadth, pathExpression } from "./paths.ts";
import { protocols } from "./protocols.ts";

/** A class of requests, and what it is worth. */
interface Weighed {
  readonly method: Method;
  readonly path: string;
  /** Of a stream none: it is under way as long as it likes, and would be taken for a slow answer. */
  readonly importance: Importance | undefined;
}

/** In a mesh a replica's own proxy refuses what would come too late, the least important first. Probes do not pass it. */
export function sheddingManifests(service: ResolvedService): Manifest[] {
  if (service.environment.mesh.kind === "none") return [];
  const { admissions } = service.api.shedding;
  const requests = weighed(service);
  return [
    envoyFilter(service, "shedding", {
      workloadSelector: { labels: selectorLabels(service, "service") },
      configPatches: [
        // Last before the application: the answers of whatever refuses before it are no measure of how busy it is.
        ...admissions.map((admission) =>
          beforeRouter("SIDECAR_INBOUND", service.api.port, filter(admission, requests)),
        ),
        ...replies(service),
      ],
    }),
  ];
}

/** What a refusal says to callers that do not read a status of HTTP. */
function replies(service: ResolvedService): Patch[] {
  const { replies: mappers } = protocols[service.api.kind];
  if (mappers.length === 0) return [];
  const manager =
    "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  return [
    {
      applyTo: "NETWORK_FILTER",
      match: requestsOf("SIDECAR_INBOUND", service.api.port),
      patch: {
        operation: "MERGE",
        value: { typed_config: { "@type": manager, local_reply_config: { mappers } } },
      },
    },
  ];
}

/** In the order in which routes would be tried: the first that matches says what a request is worth. */
function weighed({ api: { requests, answersAnything } }: ResolvedService): Weighed[] {
  if (answersAnything) return [];
  return requests
    .flatMap(({ methods, path, importance, streaming }) =>
      methods.map((method) => ({ method, path, importance: streaming ? undefined : importance })),
    )
    .sort((one, other) => breadth(one) - breadth(other));
}

/** One filter for each importance; it lets the requests of all others pass. */
function filter(admission: Admission, requests: readonly Weighed[]): object {
  const { importance } = admission;
  const name = `pressurevalve.shedding.${importance}`;
  const config = adaptiveConcurrency(admission);
  const predicate = others(importance, requests);
  if (predicate === undefined) return { name, typed_config: config };
  return {
    name,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher",
      extension_config: { name: "envoy.filters.http.adaptive_concurrency", typed_config: config },
      xds_matcher: { matcher_list: { matchers: [{ predicate, on_match: skip }] } },
    },
  };
}

/**
 * With a fixed measure of latency: one that is sampled anew is sampled under load, and what is refused first then takes
 * that for how fast the service is. docs/decisions/0019-shedding-by-importance.md
 */
function adaptiveConcurrency({ least, most, latency }: Admission): object {
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency",
    gradient_controller_config: {
      concurrency_limit_params: {
        max_concurrency_limit: most,
        // The limit may double each time. Sooner than a slow answer comes, it would have doubled too often.
        concurrency_update_interval: "0.5s",
      },
      min_rtt_calc_params: {
        fixed_value: `${milliseconds(latency) / 1000}s`,
        buffer: { value: 0 },
        min_concurrency: least,
      },
    },
    // Not 503: that would open the circuit breakers of callers, for critical requests as well.
    concurrency_limit_exceeded_status: { code: "TooManyRequests" },
  };
}

/** A request that is matched passes the filter by. */
const skip = {
  action: {
    name: "skip",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter",
    },
  },
};

/** The requests that are not of this importance, if there are any. What no class names is normal. */
function others(importance: Importance, requests: readonly Weighed[]): object | undefined {
  if (importance !== "normal")
    return { not_matcher: anyOf(ofClasses(requests, (request) => request.importance === importance)) };
  const named = ofClasses(requests, (request) => request.importance !== "normal");
  return named.length === 0 ? undefined : anyOf(named);
}

/** The requests of these classes, without those that a narrower class of another kind has. */
function ofClasses(requests: readonly Weighed[], belongs: (request: Weighed) => boolean): object[] {
  return requests.flatMap((request, index) => {
    if (!belongs(request)) return [];
    const narrower = requests
      .slice(0, index)
      .filter((before) => !belongs(before) && overlaps(before, request));
    return [allOf([matches(request), ...narrower.map((before) => ({ not_matcher: matches(before) }))])];
  });
}

/** Whether there may be a request of both classes. */
function overlaps(one: Weighed, other: Weighed): boolean {
  return one.method === other.method && pathsOverlap(one.path, other.path);
}

/** A class of requests as Envoy tells it from others: by its method and its path. */
function matches({ method, path }: Weighed): object {
  return allOf([
    header(":method", { exact: method }),
    // Here a path comes with its query.
    header(":path", { safe_regex: { google_re2: {}, regex: `${pathExpression(path)}(\\?.*)?` } }),
  ]);
}

/** What a header of the request must be. */
function header(name: string, value: object): object {
  return {
    single_predicate: {
      input: {
        name,
        typed_config: {
          "@type": "type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput",
          header_name: name,
        },
      },
      value_match: value,
    },
  };
}

/** Envoy takes lists of two predicates or more. */
function allOf(predicates: object[]): object {
  return predicates.length === 1 ? (predicates[0] as object) : { and_matcher: { predicate: predicates } };
}

function anyOf(predicates: object[]): object {
  return predicates.length === 1 ? (predicates[0] as object) : { or_matcher: { predicate: predicates } };
}
