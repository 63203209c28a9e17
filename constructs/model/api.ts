import { z } from "zod";
import type { Concern, FieldProblem } from "./concern.ts";
import type { ExternalDescription } from "./external.ts";
import { dnsLabel, namespaceOf } from "./names.ts";
import { publicProblems, publicRequests } from "./public.ts";
import {
  namedRequest,
  type RequestClasses,
  type RequestName,
  type ResolvedRequest,
  requestClasses,
} from "./requests.ts";
import { fields } from "./shape.ts";
import { type ResolvedShedding, resolvedShedding, type Shedding, sheddingShape } from "./shedding.ts";
import {
  type ResolvedTrafficPolicy,
  resolvedTrafficPolicy,
  type TrafficPolicy,
  trafficPolicyShape,
} from "./traffic-policy.ts";

/** An HTTP API that other services call by reference (`inventory.api`). */
export interface RestApi extends TrafficPolicy, Shedding {
  readonly kind: "rest";
  /**
   * Where the container listens, told to it as `PORT`. 1024 to 65535, because a container without root listens above 1023.
   * Kubernetes: [containers[].ports[].containerPort](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
   */
  readonly port: number;
  /**
   * The teams whose services may call it, besides its owner's own. Omitted: no other team's.
   * @example
   * callers: ["checkout", "rental"]
   */
  readonly callers?: readonly string[];
  /**
   * What it may be asked, by method and path; in a mesh everything else is refused. Omitted: anything.
   * @example
   * requests: { "GET /items/{sku}": {}, "POST /reservations": { idempotent: true } }
   */
  readonly requests?: RequestClasses;
  /**
   * What the world outside may ask, through the environment's gateway; some of `requests`, where those are named. Within 20 s
   * it is answered or given up, and never asked twice. Omitted: nothing.
   * Istio: [VirtualService](https://istio.io/latest/docs/reference/config/networking/virtual-service/)
   * @example
   * public: ["GET /orders/{id}", "POST /orders"]
   */
  readonly public?: readonly RequestName[];
}

export interface ResolvedApi
  extends Omit<RestApi, keyof TrafficPolicy | keyof Shedding | "public">,
    ResolvedTrafficPolicy {
  readonly callers: readonly string[];
  /** What the world outside may ask. */
  readonly public: readonly ResolvedRequest[];
  /** What is let in while too much is asked. */
  readonly shedding: ResolvedShedding;
  /** Where callers find it. */
  readonly url: string;
}

/** The API of one service, or of an external one, to be called: `call(inventory.api)`. */
export class ApiReference {
  /** The service that serves it. */
  readonly service: string;
  /** What is said of it, where it is an external one. */
  readonly external?: ExternalDescription;

  constructor(service: string, external?: ExternalDescription) {
    this.service = service;
    if (external !== undefined) this.external = external;
  }
}

/**
 * Describes a REST API over HTTP.
 * @example
 * api: rest({ port: 3000 })
 */
export function rest(api: Omit<RestApi, "kind">): RestApi {
  return { kind: "rest", ...api };
}

const portNumber = z
  .int({ error: "must be a whole number; give the port that the container listens on", abort: true })
  .min(1024, "must be at least 1024; a container without root listens above 1023")
  .max(65535, "must be at most 65535; choose a lower port");

export const api: Concern<RestApi, ResolvedApi> = {
  schema: fields(
    {
      kind: z.literal("rest"),
      port: portNumber,
      callers: z.array(dnsLabel).exactOptional(),
      requests: requestClasses.exactOptional(),
      public: publicRequests.exactOptional(),
      ...trafficPolicyShape,
      ...sheddingShape,
    },
    "must be an API; write for example api: rest({ port: 3000 })",
  ),
  resolve: ({ deadline, ...described }, { name, environment }) => {
    const policy = resolvedTrafficPolicy(described);
    return {
      ...described,
      ...policy,
      shedding: resolvedShedding(described.requests, policy.concurrency, deadline),
      // A team knows its own services; others ask it first.
      callers: described.callers ?? [],
      public: (described.public ?? []).map((request) => namedRequest(request, described.requests)),
      url: apiUrl(name, namespaceOf(environment, name), described.port),
    };
  },
  check: (service, shop) => [...requestsThatAreOne(service.api.requests), ...publicProblems(service, shop)],
};

/** The names of segments are for people: what differs in them alone is one class twice. */
function requestsThatAreOne(requests: RequestClasses = {}): FieldProblem[] {
  const names = Object.keys(requests) as RequestName[];
  const shape = (name: string) => name.replace(/\{\w+\}/g, "{}");
  return names.flatMap((name, index) => {
    const first = names.findIndex((other) => shape(other) === shape(name));
    if (first === index) return [];
    return [
      {
        field: "api.requests",
        value: name,
        rule: `but ${names[first]} says it already`,
        remedy: "take one out",
      },
    ];
  });
}

/** The address of an API within the cluster. */
export function apiUrl(service: string, namespace: string, port: number): string {
  return `http://${service}.${namespace}.svc:${port}`;
}
