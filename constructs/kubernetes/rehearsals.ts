import { type ResolvedRehearsal, rehearsalsOf } from "../model/rehearsals.ts";
import type { ResolvedRequest } from "../model/requests.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { milliseconds } from "../model/units.ts";
import { beforeRouter, envoyFilter, type Patch } from "./envoy-filter.ts";
import { serviceAccount } from "./identity.ts";
import type { Manifest } from "./manifest.ts";
import { selectorLabels } from "./metadata.ts";
import { pathExpression } from "./paths.ts";

/**
 * What fails at a service for a rehearsal. Not the `fault` of a VirtualService: that is before the caller's router, which then
 * neither tries again nor counts, and the route's timeout does not begin.
 * https://istio.io/latest/docs/concepts/traffic-management/#fault-injection
 */
export function rehearsalManifests(service: ResolvedService): Manifest[] {
  const { name, api, environment } = service;
  const { mesh } = environment;
  const rehearsals = rehearsalsOf(name, environment);
  if (mesh.kind === "none" || rehearsals.length === 0) return [];
  return [
    envoyFilter(service, "rehearsals", {
      workloadSelector: { labels: selectorLabels(service, "service") },
      // After those of other objects, and so nearest to the application, whose faults they play.
      priority: 20,
      configPatches: rehearsals.flatMap((rehearsal, index) =>
        asked(rehearsal, api.requests).map((request, which) =>
          fault(service, rehearsal, mesh.trustDomain, `${index}.${which}`, request),
        ),
      ),
    }),
  ];
}

/** The requests that are named, or one that stands for all. */
function asked({ requests }: ResolvedRehearsal, all: readonly ResolvedRequest[]) {
  return requests === undefined ? [undefined] : all.filter(({ name }) => requests.includes(name));
}

/** A filter has one condition, of which all parts hold, so each request has a filter of its own. */
function fault(
  { api }: ResolvedService,
  { caller, namespace, abort, delay }: ResolvedRehearsal,
  trustDomain: string,
  suffix: string,
  request: ResolvedRequest | undefined,
): Patch {
  return beforeRouter("SIDECAR_INBOUND", api.port, {
    name: `pressurevalve.rehearsal.${caller}.${suffix}`,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
      headers: [
        askedBy(`spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount({ name: caller }, "service")}`),
        ...(request === undefined ? [] : asks(request)),
      ],
      ...(abort && { abort: { http_status: abort.httpStatus, percentage: percentage(abort.share) } }),
      ...(delay && {
        delay: {
          fixed_delay: `${milliseconds(delay.fixedDelay) / 1000}s`,
          percentage: percentage(delay.share),
        },
      }),
    },
  });
}

/**
 * Who asks, as the sidecar writes it from the certificate of the connection, behind whatever came with the request.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 */
function askedBy(identity: string) {
  return matching("x-forwarded-client-cert", `(.*,)?[^,]*;URI=${identity.replaceAll(".", "\\.")}(;[^,]*)?`);
}

/** What is asked, as headers have it. */
function asks({ methods, path }: ResolvedRequest) {
  return [
    matching(":method", methods.join("|")),
    // Here a path comes with its query.
    matching(":path", `${pathExpression(path)}(\\?.*)?`),
  ];
}

/** A header that is matched as a whole. */
function matching(name: string, regex: string) {
  return { name, string_match: { safe_regex: { regex } } };
}

/** Envoy's shares have a denominator, and ours whole hundredths. */
function percentage(share: number) {
  return { numerator: Math.round(share * 100), denominator: "HUNDRED" };
}
