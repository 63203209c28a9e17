import type { ServerResponse } from "node:http";
import { type Problem, problemBody } from "./problem.ts";

/** A response before it is written. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: none is sent. */
  readonly body?: unknown;
}

export function problemAnswer(problem: Problem): Answer {
  return {
    status: problem.status,
    headers: { ...problem.headers, "content-type": "application/problem+json" },
    body: problemBody(problem),
  };
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, { ...headers }).end();
    return;
  }
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
