import { setTimeout } from "node:timers/promises";
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import type { Door } from "./door.ts";
import { suffer } from "./faults.ts";
import { Health, methodsOf, SERVING, type Text, textMethod } from "./grpc-services.ts";
import { log } from "./log.ts";
import { answerProbe } from "./probes.ts";
import { asProblem, type Problem } from "./problem.ts";
import { collectionOf } from "./record.ts";
import { keepRecord, newestRecords, readableRecord } from "./records.ts";
import type { Service } from "./service.ts";
import { continueTrace, type Trace } from "./trace.ts";

/** What gRPC's own health check asks for, by the names that Kubernetes' documentation has for them. */
const PROBES: Readonly<Record<string, string>> = {
  "": "ready",
  startup: "startup",
  readiness: "ready",
  liveness: "live",
};

/** A gRPC server: the service's records, and how it is. */
export function grpcDoor(service: Service): Door {
  const server = new Server();
  const methods = methodsOf(service.description.requests);
  server.addService(
    Object.fromEntries(methods.map(({ path, kind }) => [path, textMethod(path, kind === "watch")])),
    Object.fromEntries(methods.map(({ path, kind }) => [path, handlers(service)[kind]])),
  );
  server.addService(Health, {
    Check: (call: ServerUnaryCall<Text, { status: number }>, answer: sendUnaryData<{ status: number }>) => {
      const probe = PROBES[call.request.text];
      if (probe === undefined) {
        answer({ code: status.NOT_FOUND, details: `there is no health service ${call.request.text}` });
        return;
      }
      const path = `/health/${probe}`;
      const asked = suffer(service, path, true).then(() => answerProbe(service, path));
      asked.then(
        () => answer(null, { status: SERVING }),
        () => answer(null, { status: SERVING + 1 }),
      );
    },
  });
  return {
    open: (port) =>
      new Promise((resolve, reject) => {
        server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
          error ? reject(error) : resolve(bound),
        );
      }),
    close: () =>
      new Promise((resolve, reject) => {
        server.tryShutdown((error) => (error ? reject(error) : resolve()));
      }),
  };
}

/** What the methods of a description do, by their kind. */
function handlers(service: Service) {
  const collection = collectionOf(service.description.service);
  return {
    get: unary(service, ({ text }, trace) => readableRecord(service, collection, text, trace)),
    list: unary(service, (_, trace) => newestRecords(service, collection, trace)),
    keep: unary(service, ({ text }, trace, key) =>
      keepRecord(service, collection, { body: JSON.parse(text || "{}"), key }, trace),
    ),
    watch: (call: ServerWritableStream<Text, Text>) => watch(service, collection, call),
  };
}

/** A method that is asked once and answers once. */
function unary(service: Service, answer: (text: Text, trace: Trace, key?: string) => Promise<unknown>) {
  return async (call: ServerUnaryCall<Text, Text>, done: sendUnaryData<Text>): Promise<void> => {
    const path = call.getPath();
    const trace = traceOf(call.metadata);
    service.lastArrival = Date.now();
    try {
      await suffer(service, path, false);
      const key = call.metadata.get("idempotency-key")[0]?.toString();
      const text = JSON.stringify(await answer(call.request, trace, key));
      done(null, { text });
      note(path, trace, status.OK);
    } catch (error) {
      const failed = asServiceError(asProblem(error));
      done(failed);
      note(path, trace, failed.code as status);
    }
  };
}

/** The newest records, and every half second what there is by then, until the caller leaves or a callee fails. */
async function watch(
  service: Service,
  collection: string,
  call: ServerWritableStream<Text, Text>,
): Promise<void> {
  const trace = traceOf(call.metadata);
  try {
    while (!call.cancelled) {
      call.write({ text: JSON.stringify(await newestRecords(service, collection, trace)) });
      await setTimeout(500);
    }
    note(call.getPath(), trace, status.CANCELLED);
  } catch (error) {
    const failed = asServiceError(asProblem(error));
    // As grpc-js wants a stream to end with a status.
    call.emit("error", failed);
    note(call.getPath(), trace, failed.code as status);
  }
}

function traceOf(metadata: Metadata): Trace {
  return continueTrace(metadata.toHttp2Headers() as Record<string, string>);
}

/** A problem as gRPC's mapping of HTTP's statuses has it. https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
function asServiceError({ status: code, message }: Problem): Partial<ServiceError> {
  const known: Readonly<Record<number, status>> = {
    400: status.INVALID_ARGUMENT,
    403: status.PERMISSION_DENIED,
    404: status.NOT_FOUND,
    429: status.RESOURCE_EXHAUSTED,
    500: status.INTERNAL,
    503: status.UNAVAILABLE,
    504: status.DEADLINE_EXCEEDED,
  };
  return { code: known[code] ?? status.UNKNOWN, details: message };
}

function note(path: string, trace: Trace, code: status): void {
  log("request", {
    trace_id: trace.traceId,
    correlation_id: trace.correlationId,
    method: "POST",
    path,
    grpc_status: status[code],
  });
}
