import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** One request's place in its trace: W3C Trace Context, W3C Baggage and our correlation id. */
export interface Trace {
  readonly traceId: string;
  /** Of this hop. */
  readonly spanId: string;
  /** Of the hop before; absent where the trace begins here. */
  readonly parentSpanId: string | undefined;
  readonly flags: string;
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
  readonly correlationId: string;
}

/** Continues the trace that a request carries, or begins one. What is malformed counts as absent, as W3C asks. */
export function continueTrace(headers: IncomingHttpHeaders): Trace {
  const parent = parseTraceparent(headers.traceparent);
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    parentSpanId: parent?.spanId,
    flags: parent?.flags ?? "01",
    // A tracestate means nothing without the traceparent that it belongs to.
    tracestate: parent && bounded(headers.tracestate, 512),
    baggage: bounded(headers.baggage, 8192),
    correlationId: correlationId(headers["x-correlation-id"]),
  };
}

/** The headers that carry a trace on: to a callee, and back to the caller. */
export function traceHeaders(trace: Trace): Record<string, string> {
  return {
    traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.flags}`,
    "x-correlation-id": trace.correlationId,
    ...(trace.tracestate && { tracestate: trace.tracestate }),
    ...(trace.baggage && { baggage: trace.baggage }),
  };
}

function parseTraceparent(header: unknown): { traceId: string; spanId: string; flags: string } | undefined {
  const [, version, traceId, spanId, flags, rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(String(header)) ?? [];
  // Later versions may add fields, version 00 may not; ff is forbidden.
  const known = version !== undefined && version !== "ff" && (version !== "00" || rest === undefined);
  if (!known || !traceId || !spanId || !flags || isZero(traceId) || isZero(spanId)) {
    return undefined;
  }
  return { traceId, spanId, flags };
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}

function correlationId(header: unknown): string {
  return typeof header === "string" && /^[\w.:/+=-]{1,128}$/.test(header) ? header : randomUUID();
}

function bounded(header: unknown, most: number): string | undefined {
  const text = Array.isArray(header) ? header.join(",") : header;
  return typeof text === "string" && text.length <= most ? text : undefined;
}
