import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Answer, problemAnswer, send } from "./answer.ts";
import { answerApi } from "./api.ts";
import { suffer } from "./faults.ts";
import { answerGraphql } from "./graphql.ts";
import { log, warn } from "./log.ts";
import { answerProbe, isProbe } from "./probes.ts";
import { asProblem } from "./problem.ts";
import type { Service } from "./service.ts";
import { continueTrace, type Trace, traceHeaders } from "./trace.ts";

/** Longer than callers keep an idle connection, so that they close it and never send into one that we close. */
const KEEP_ALIVE = 75_000;

/** The service's own server: its API and its probes. */
export function serverOf(service: Service): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    handle(service, request, response).catch((error) => {
      warn("a request could not be answered", error);
      response.destroy();
    });
  });
}

async function handle(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const trace = continueTrace(request.headers);
  const path = pathOf(request);
  noteArrival(service, path);
  logWhenDone(request, response, path, trace);
  const answer = await answerOf(service, request, path, trace);
  send(response, {
    ...answer,
    headers: { ...answer.headers, ...traceHeaders(trace), ...lastWords(service) },
  });
}

async function answerOf(
  service: Service,
  request: IncomingMessage,
  path: string,
  trace: Trace,
): Promise<Answer> {
  try {
    await suffer(service, path, isProbe(path));
    if (isProbe(path)) {
      return await answerProbe(service, path);
    }
    return await (service.description.protocol === "graphql"
      ? answerGraphql(service, request, path, trace)
      : answerApi(service, request, path, trace));
  } catch (error) {
    return problemAnswer(asProblem(error));
  }
}

/** While draining, each answer tells the caller to take its next request elsewhere. */
function lastWords({ isDraining }: Service): Record<string, string> {
  return isDraining ? { connection: "close" } : {};
}

function noteArrival(service: Service, path: string): void {
  if (!isProbe(path)) {
    service.lastArrival = Date.now();
  }
}

function logWhenDone(request: IncomingMessage, response: ServerResponse, path: string, trace: Trace): void {
  const started = performance.now();
  response.once("close", () => {
    // 499 as nginx has it: the caller left before the answer.
    const status = response.writableFinished ? response.statusCode : 499;
    // A probe that succeeds is no news, several times a second in a large cluster.
    if (!isProbe(path) || status >= 400) {
      log("request", {
        trace_id: trace.traceId,
        span_id: trace.spanId,
        parent_span_id: trace.parentSpanId,
        correlation_id: trace.correlationId,
        method: request.method,
        path,
        status,
        duration_ms: Number((performance.now() - started).toFixed(2)),
      });
    }
  });
}

/** Without the query, which may hold what no log should. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?", 1)[0] ?? "/";
}
