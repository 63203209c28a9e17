import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ApiReference } from "./api.ts";
import type { Context } from "./concern.ts";
import type { Environment } from "./environment.ts";
import { type ExternalPlace, type ResolvedPlace, resolvedPlace } from "./external-place.ts";
import { dnsLabel, namespaceOf } from "./names.ts";
import { didYouMean, type Problem } from "./problem.ts";
import {
  anyRequest,
  externalRequestClasses,
  type RequestClass,
  type RequestName,
  type ResolvedRequest,
  resolvedRequests,
} from "./requests.ts";
import type { ServiceDescription } from "./service.ts";
import { fields } from "./shape.ts";
import {
  type CircuitBreaker,
  type ResolvedTrafficPolicy,
  resolvedTrafficPolicy,
  trafficPolicyShape,
} from "./traffic-policy.ts";

/** What the shop says of an API that it does not run itself; where it is, each environment says. */
export interface ExternalDescription {
  /** The team that answers for its contract and its keys: a DNS label of at most 30 characters. */
  readonly owner: string;
  /** The teams whose services may call it, besides its owner's own. Omitted: no other team's. */
  readonly callers?: readonly string[];
  /**
   * What it is asked, by method and path, such as `"POST /charges": { idempotent: true }`; in a mesh everything else is
   * refused. Omitted: anything.
   */
  readonly requests?: { readonly [name: RequestName]: Pick<RequestClass, "idempotent"> };
  /**
   * How many requests a caller's proxy has under way there at the most; as many may wait for a connection. 1 to 10000.
   * Omitted: 100.
   * Istio: [connectionPool](https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings)
   */
  readonly concurrency?: number;
  /** When a caller's proxy stops asking an address that fails. Omitted: after 5 failures, for 30 s. */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Share of the requests under way that may be retries; above it a failure is passed on at once. 0.01 to 1. Omitted: 0.2.
   * Istio: [retryBudget.percent](https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-RetryBudget)
   */
  readonly retryBudget?: number;
  /**
   * `eureka` where it is a Eureka server: whoever calls it is told the settings of a Eureka client, and registers as its own
   * Service, since pods come and go. Omitted: it is none.
   * Spring Cloud Netflix: [eureka.client.serviceUrl](https://docs.spring.io/spring-cloud-netflix/reference/spring-cloud-netflix.html#registering-with-eureka)
   */
  readonly registry?: "eureka";
}

/** A described external service, and what callers refer to. */
export interface External {
  /** Its name: environments place it by this name, and containers are told `<NAME>_URL`. */
  readonly name: string;
  /** What the shop says of it. */
  readonly description: ExternalDescription;
  /** Its API, to be called: `call(cardNetwork.api)`. */
  readonly api: ApiReference;
}

/** An external as its callers reach it in an environment. */
export interface ResolvedExternal
  extends Pick<ExternalDescription, "owner" | "registry">,
    Omit<ResolvedTrafficPolicy, "warmup"> {
  /** What it may be asked. */
  readonly requests: readonly ResolvedRequest[];
  /** Whether the description says that: always. */
  readonly saysRequests: true;
  readonly callers: readonly string[];
  /** Where it is; nowhere is a problem, and never rendered. */
  readonly place?: ResolvedPlace;
}

/**
 * Describes an API outside the cluster, to be called like a service's; its name is a DNS label of at most 30 characters
 * that no service has. Nothing is checked here: `resolve` reports the problems of all its callers.
 * @example
 * export const cardNetwork = external("card-network", { owner: "checkout" });
 */
export function external(name: string, description: ExternalDescription): External {
  return Object.freeze({ name, description, api: new ApiReference(name, description) });
}

export const externalSchema = fields(
  {
    owner: dnsLabel,
    callers: z.array(dnsLabel).exactOptional(),
    requests: externalRequestClasses.exactOptional(),
    concurrency: trafficPolicyShape.concurrency,
    circuitBreaker: trafficPolicyShape.circuitBreaker,
    retryBudget: trafficPolicyShape.retryBudget,
    registry: z.literal("eureka").exactOptional(),
  },
  'must be what is said of an external; write for example external("card-network", { owner: "checkout" })',
);

/** How a caller reaches an external: the mesh's name of it, and the address that the application is told. */
export function externalDestination(
  callee: string,
  described: ExternalDescription,
  { name, environment }: Context,
) {
  const place = placeOf(environment, callee);
  const namespace = namespaceOf(environment, name);
  const external: ResolvedExternal = {
    owner: described.owner,
    ...(described.registry && { registry: described.registry }),
    ...resolvedTrafficPolicy(described),
    callers: described.callers ?? [],
    requests: described.requests ? resolvedRequests(described.requests) : anyRequest,
    saysRequests: true,
    ...(place && { place: resolvedPlace(place) }),
  };
  return {
    api: external,
    kind: "rest" as const,
    namespace,
    external,
    ...(place ? reached(callee, place, namespace, environment) : { host: "", port: 0, url: "" }),
  };
}

/** Where an environment has an external. */
function placeOf({ externals = {} }: Environment, name: string): ExternalPlace | undefined {
  return Object.hasOwn(externals, name) ? externals[name] : undefined;
}

/**
 * In a mesh the application speaks plain HTTP to its own proxy, which speaks TLS to the external: so that there are routes,
 * retries and statistics. Port 443 is then told as 80, or every request would carry a port in its Host header.
 */
function reached(callee: string, place: ExternalPlace, namespace: string, { mesh }: Environment) {
  const inMesh = mesh.kind === "istio";
  const scheme = place.tls.kind === "simple" && !inMesh ? "https" : "http";
  const port = place.tls.kind === "simple" && inMesh && place.port === 443 ? 80 : place.port;
  const [address = ""] = place.kind === "dns" ? [place.host] : place.addresses;
  return {
    // What has no name in DNS gets one for the mesh's registry alone.
    host: place.kind === "dns" ? place.host : `${callee}.${namespace}.external`,
    port,
    url: new URL(`${scheme}://${address.includes(":") ? `[${address}]` : address}:${port}`).origin,
  };
}

/** What is wrong with the externals of a shop, whoever calls them. */
export function externalProblems(
  descriptions: ReadonlyMap<string, ServiceDescription>,
  names: ReadonlySet<string>,
): Problem[] {
  const declared = Map.groupBy(references(descriptions), ({ service }) => service);
  return [...declared].flatMap(([service, [first, ...more]]) => {
    const problem = { service, field: "name", value: service };
    if (names.has(service))
      return [{ ...problem, rule: "but a service has this name", remedy: "rename the external" }];
    if (more.every(({ external }) => isDeepStrictEqual(external, first?.external))) return [];
    return [
      {
        ...problem,
        rule: "but another external has this name",
        remedy: "describe it once, and let all its callers call that one",
      },
    ];
  });
}

/** Places that an environment has for nothing; an external is declared by being called. */
export function unknownPlaces(
  descriptions: ReadonlyMap<string, ServiceDescription>,
  { name, externals = {} }: Environment,
): Problem[] {
  const declared = new Set(references(descriptions).map(({ service }) => service));
  return Object.keys(externals)
    .filter((external) => !declared.has(external))
    .map((external) => ({
      service: `environment ${name}`,
      field: `externals.${external}`,
      rule: "is called by no service",
      remedy: didYouMean(external, declared, "take it out, or let a service call it"),
    }));
}

function references(descriptions: ReadonlyMap<string, ServiceDescription>): ApiReference[] {
  return [...descriptions.values()]
    .flatMap(({ calls }) => calls?.() ?? [])
    .map(({ api }) => api)
    .filter(({ external }) => external !== undefined);
}
