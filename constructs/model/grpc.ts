import { z } from "zod";
import { type ApiKind, type ServedApi, servedShape } from "./api-kind.ts";
import type { ResolvedRequest } from "./requests.ts";
import { fields, record } from "./shape.ts";
import { type Importance, importances } from "./shedding.ts";

/**
 * A gRPC API that other services call by reference (`inventory.api`). Its container also serves
 * [grpc.health.v1.Health](https://grpc.io/docs/guides/health-checking/), which the probes ask.
 */
export interface GrpcApi extends ServedApi {
  readonly kind: "grpc";
  /**
   * What it may be asked, by service and method; in a mesh everything else is refused with PERMISSION_DENIED.
   * Omitted: anything.
   * @example
   * requests: { "mountainpass.inventory.v1.Inventory/GetItem": { idempotent: true } }
   */
  readonly requests?: GrpcMethods;
}

/**
 * A gRPC method, or all of a service: what stands in a request's path, without the first slash.
 * gRPC: [Requests](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests)
 * @example
 * "mountainpass.inventory.v1.Inventory/GetItem"
 */
export type GrpcMethodName = `${string}/${string}`;

/** What a service says of a gRPC method. */
export interface GrpcMethod {
  /**
   * Whether a request may be repeated without doing anything twice, as the method's own `idempotency_level` says. Omitted: no,
   * for gRPC asks everything by POST.
   * Protobuf: [idempotency_level](https://protobuf.dev/reference/java/api-docs/com/google/protobuf/DescriptorProtos.MethodOptions.IdempotencyLevel)
   */
  readonly idempotent?: boolean;
  /**
   * Whether either side sends a stream: it lasts until one of them ends it, whatever the `timeout` of a call, and is never
   * asked again. A replica that stops still ends it with its drain of 20 s. Omitted: no.
   * gRPC: [streaming](https://grpc.io/docs/what-is-grpc/core-concepts/#server-streaming-rpc)
   */
  readonly streaming?: boolean;
  /**
   * What is refused first, with RESOURCE_EXHAUSTED, while more is asked than a replica can serve: `sheddable` requests before
   * `normal` ones, and these before `critical` ones; a stream never is. Only in a mesh. Omitted: `normal`.
   * Envoy: [adaptive_concurrency](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter), one for each importance
   */
  readonly importance?: Importance;
}

/** What a gRPC service may be asked, by service and method. */
export interface GrpcMethods {
  readonly [name: GrpcMethodName]: GrpcMethod;
}

/**
 * Describes a gRPC API. A client finds it at `dns:///host:port`. Without a mesh its one connection leads to one replica, as
 * Kubernetes balances connections; in a mesh each request finds its own.
 * @example
 * api: grpc({ port: 4000 })
 */
export function grpc(api: Omit<GrpcApi, "kind">): GrpcApi {
  return { kind: "grpc", ...api };
}

const identifier = /[A-Za-z_]\w*/.source;

/** A package, a service and a method as protobuf spells them: `(package "." )? service "/" (method | "*")`. */
export const grpcMethodName = z
  .string()
  .max(1024, "must have at most 1024 characters; shorten it")
  .regex(
    new RegExp(`^${identifier}(?:\\.${identifier})*/(?:${identifier}|\\*)$`),
    "must be a gRPC service and method; write for example mountainpass.inventory.v1.Inventory/GetItem or mountainpass.inventory.v1.Inventory/*",
  ) as unknown as z.ZodType<GrpcMethodName, string>;

const grpcMethods = record(
  grpcMethodName,
  fields({
    idempotent: z.boolean("must be true or false; say whether it may be repeated").exactOptional(),
    streaming: z.boolean("must be true or false; say whether either side sends a stream").exactOptional(),
    importance: z.enum(importances).exactOptional(),
  }).refine(
    ({ idempotent, streaming }) => !(idempotent && streaming),
    "must not be both idempotent and streaming; a stream that has begun is not asked again",
  ),
).refine(
  (methods) => Object.keys(methods as object).length > 0,
  "must have at least one; leave it out where every method is answered",
) as unknown as z.ZodType<GrpcMethods>;

/** Every request is a POST, and its path is the service and the method. */
function method(name: string, described: GrpcMethod): ResolvedRequest {
  const { idempotent = false, streaming = false, importance = "normal" } = described;
  return { name, methods: ["POST"], path: `/${name}`, idempotent, streaming, importance };
}

export const grpcKind: ApiKind<GrpcApi> = {
  schema: fields({ kind: z.literal("grpc"), requests: grpcMethods.exactOptional(), ...servedShape }),
  requests: ({ requests }) =>
    requests &&
    (Object.entries(requests) as [string, GrpcMethod][]).map(([name, described]) => method(name, described)),
  anything: [{ ...method("*/*", {}), path: "/*" }],
  // Browsers speak no gRPC, and the gateway translates none.
  public: () => [],
  // Every official client takes it, and asks DNS again when a connection is lost. https://grpc.io/docs/guides/custom-name-resolution/
  url: (authority) => `dns:///${authority}`,
  saysRequests: true,
};
