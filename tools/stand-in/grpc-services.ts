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

/** What a stand-in is asked by gRPC: `Get` reads, `Keep` writes, `Watch` lasts. */
export const Records = {
  Get: method("/standin.v1.Records/Get", textMessage, textMessage),
  Keep: method("/standin.v1.Records/Keep", textMessage, textMessage),
  Watch: method("/standin.v1.Records/Watch", textMessage, textMessage, true),
} satisfies ServiceDefinition;

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

/** The method at a path, for a client that may ask what no service has. */
export function textMethod(path: string): MethodDefinition<object, object> {
  return method(path, textMessage, textMessage);
}
