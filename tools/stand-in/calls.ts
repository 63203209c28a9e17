import { Problem } from "./problem.ts";
import { collectionOf } from "./record.ts";
import { type Trace, traceHeaders } from "./trace.ts";

/** One declared call. */
export interface Call {
  readonly callee: string;
  readonly url: string;
  /** Of each try, in milliseconds. */
  readonly timeout: number;
  /** Tries in all; 1 is no retry. */
  readonly attempts: number;
}

/** What is sent along a call. */
interface Message {
  readonly body: Readonly<Record<string, unknown>>;
  /** The same over all tries, so that a callee does the work once. */
  readonly key: string;
  readonly trace: Trace;
}

/** What a callee is asked over HTTP, the same over all tries. */
interface Question {
  readonly path: string;
  readonly init: RequestInit;
}

/** What came of one try. */
type Outcome =
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown }
  | { readonly kind: "timeout" }
  | { readonly kind: "unreachable"; readonly cause: unknown };

/**
 * Posts to the callee's own collection and returns its answer.
 *
 * @throws Problem 504 when the last try timed out, 502 when it failed otherwise.
 */
export function makeCall(call: Call, { body, key, trace }: Message): Promise<unknown> {
  const headers = { ...traceHeaders(trace), "content-type": "application/json", "idempotency-key": key };
  return ask(call, {
    path: `/${collectionOf(call.callee)}`,
    init: { method: "POST", headers, body: JSON.stringify(body) },
  });
}

/** Gets a record of the callee's own collection. @throws Problem as a call that posts. */
export function readRecord(call: Call, id: string, trace: Trace): Promise<unknown> {
  return ask(call, {
    path: `/${collectionOf(call.callee)}/${id}`,
    init: { headers: traceHeaders(trace) },
  });
}

/**
 * Tries again on 5xx, on a timeout and when no connection is had; at once, for the caller's budget is attempts x timeout
 * and leaves no room for a pause.
 */
async function ask(call: Call, question: Question): Promise<unknown> {
  let outcome = await attempt(call, question);
  for (let tries = 1; tries < call.attempts && isTransient(outcome); tries += 1) {
    outcome = await attempt(call, question);
  }
  if (outcome.kind === "answer" && outcome.status < 300) {
    return outcome.body;
  }
  throw asProblem(call, outcome);
}

async function attempt(call: Call, { path, init }: Question): Promise<Outcome> {
  try {
    const response = await fetch(call.url + path, { ...init, signal: AbortSignal.timeout(call.timeout) });
    return { kind: "answer", status: response.status, body: parse(await response.text()) };
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
    return isTimeout ? { kind: "timeout" } : { kind: "unreachable", cause };
  }
}

function isTransient(outcome: Outcome): boolean {
  return outcome.kind !== "answer" || outcome.status >= 500;
}

function asProblem({ callee, timeout, attempts }: Call, outcome: Outcome): Problem {
  const members = { callee };
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  switch (outcome.kind) {
    case "timeout":
      return new Problem(504, "Gateway Timeout", `${callee} did not answer within ${timeout} ms (${tries})`, {
        members,
      });
    case "unreachable":
      return new Problem(502, "Bad Gateway", `${callee} could not be reached (${tries})`, {
        members,
        cause: outcome.cause,
      });
    case "answer":
      return new Problem(502, "Bad Gateway", `${callee} answered ${outcome.status}`, {
        members: { callee, answer: outcome.body },
      });
  }
}

/** A proxy between us and the callee may answer with something that is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 200);
  }
}
