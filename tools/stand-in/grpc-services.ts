import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs/light.js";

/** One field of text: a key, a record as JSON, the name of a health service. On the wire they are the same message. */
export interface Text {
  readonly text: string;
}

const textMessage = new protobuf.Type("Text").add(new protobuf.Field("text", 1, "string"));

/** grpc.health.v1.HealthCheckResponse, whose status is an enumeration. */
const statusMessage = new protobuf.Type("Status").add(new protobuf.Field("status", 1, "int32"));

/** grpc.health.v1.HealthCheckResponse.ServingStatus; NOT_SERVING is the next. */
export const SERVING = 1;

/** https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto */
export const Health = {
  Check: method("/grpc.health.v1.Health/Check", textMessage, statusMessage),
} satisfies ServiceDefinition;

/** What a method does here, by its name (https://google.aip.dev/130) and by whether it lasts. */
interface RecordsMethod {
  readonly path: string;
  readonly kind: "get" | "list" | "keep" | "watch";
}

/** The methods that a description names; what it leaves open, by `*`, is the stand-in's own service or methods. */
export function methodsOf(names: readonly string[]): RecordsMethod[] {
  return names.flatMap((name) => {
    const [, stream, service, method] = /^(stream )?(.+)\/(.+)$/.exec(name) ?? [];
    const path = (own: string) => `/${service === "*" ? "standin.v1.Records" : service}/${own}`;
    if (stream) return [{ path: path(method === "*" ? "Watch" : `${method}`), kind: "watch" as const }];
    const methods = method === "*" ? ["Get", "List", "Keep"] : [`${method}`];
    const unary = methods.map((own) => ({ path: path(own), kind: kindOf(own) }));
    return method === "*" ? [...unary, { path: path("Watch"), kind: "watch" as const }] : unary;
  });
}

function kindOf(method: string): "get" | "list" | "keep" {
  if (method.startsWith("Get")) return "get";
  return method.startsWith("List") ? "list" : "keep";
}

/** A method whose request and answer, or answers, are text. */
export function textMethod(path: string, responseStream = false): MethodDefinition<object, object> {
  return method(path, textMessage, textMessage, responseStream);
}

function method(
  path: string,
  request: protobuf.Type,
  response: protobuf.Type,
  responseStream = false,
): MethodDefinition<object, object> {
  const serialize = (type: protobuf.Type) => (value: object) => Buffer.from(type.encode(value).finish());
  const deserialize = (type: protobuf.Type) => (bytes: Buffer) =>
    type.toObject(type.decode(bytes), { defaults: true });
  return {
    path,
    requestStream: false,
    responseStream,
    requestSerialize: serialize(request),
    requestDeserialize: deserialize(request),
    responseSerialize: serialize(response),
    responseDeserialize: deserialize(response),
  };
}
