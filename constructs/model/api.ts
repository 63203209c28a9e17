import { z } from "zod";
import type { ApiKind } from "./api-kind.ts";
import type { Concern, FieldProblem } from "./concern.ts";
import type { ExternalDescription } from "./external.ts";
import { type GraphqlApi, graphqlKind } from "./graphql.ts";
import { type GrpcApi, grpcKind } from "./grpc.ts";
import { namespaceOf } from "./names.ts";
import { publicProblems } from "./public.ts";
import type { ResolvedRequest } from "./requests.ts";
import { type RestApi, restKind } from "./rest.ts";
import { deadlineThatOutlastsCallers, type ResolvedShedding, resolvedShedding } from "./shedding.ts";
import { type ResolvedTrafficPolicy, resolvedTrafficPolicy } from "./traffic-policy.ts";

/** What a service serves. */
export type Api = RestApi | GrpcApi | GraphqlApi;

export interface ResolvedApi extends ResolvedTrafficPolicy {
  readonly kind: Api["kind"];
  readonly port: number;
  readonly callers: readonly string[];
  /** What it may be asked. */
  readonly requests: readonly ResolvedRequest[];
  /** Whether that is anything. */
  readonly answersAnything: boolean;
  /** What the world outside may ask. */
  readonly public: readonly ResolvedRequest[];
  /** What is let in while too much is asked. */
  readonly shedding: ResolvedShedding;
  /** Where callers find it. */
  readonly url: string;
  /** Whether the description says that, or the kind of API does. */
  readonly saysRequests: boolean;
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

const kinds: { readonly [Kind in Api["kind"]]: ApiKind<Extract<Api, { kind: Kind }>> } = {
  rest: restKind,
  grpc: grpcKind,
  graphql: graphqlKind,
};

export const api: Concern<Api, ResolvedApi> = {
  schema: z.discriminatedUnion("kind", [restKind.schema, grpcKind.schema, graphqlKind.schema] as never, {
    error: ({ input }) =>
      typeof input === "object" && input !== null
        ? undefined
        : "must be an API; write for example api: rest({ port: 3000 })",
  }),
  resolve: (described, { name, environment, callsTo }) => {
    const api = calledApi(described, name, namespaceOf(environment, name));
    return { ...api, shedding: resolvedShedding(api, described.deadline, callsTo.get(name) ?? []) };
  },
  check: (service, shop) => [
    ...requestsThatAreOne(service.api.requests),
    ...publicProblems(service, shop),
    ...deadlineThatOutlastsCallers(service, shop),
  ],
};

/** An API with nothing left open, as its service and its callers see it. */
export function calledApi(described: Api, service: string, namespace: string): Omit<ResolvedApi, "shedding"> {
  const { port, callers = [] } = described;
  const kind = kinds[described.kind] as ApiKind<Api>;
  const requests = kind.requests(described);
  return {
    ...resolvedTrafficPolicy(described),
    kind: described.kind,
    port,
    // A team knows its own services; others ask it first.
    callers,
    requests: requests ?? kind.anything,
    answersAnything: requests === undefined,
    public: kind.public(described),
    url: kind.url(`${service}.${namespace}.svc:${port}`, described),
    saysRequests: kind.saysRequests,
  };
}

/** The names of segments are for people: what differs in them alone is one class twice. */
function requestsThatAreOne(requests: readonly ResolvedRequest[]): FieldProblem[] {
  const names = requests.map(({ name }) => name);
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
