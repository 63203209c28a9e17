import { warn } from "./log.ts";

/** A refusal as RFC 9457 spells it, thrown where it is found and answered by the server. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Members of the problem beside the standard ones, such as the callee that failed. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    title: string,
    detail: string,
    more: { members?: Record<string, unknown>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.title = title;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The body that goes with `content-type: application/problem+json`. */
export function problemBody(problem: Problem): Record<string, unknown> {
  const { status, title, message: detail, members } = problem;
  // about:blank, the default of `type`: the status code says what kind of problem it is.
  return { title, status, detail, ...members };
}

/** Whatever was thrown, as what the caller is told; what nobody foresaw is told to the log. */
export function asProblem(error: unknown): Problem {
  const problem =
    error instanceof Problem
      ? error
      : new Problem(500, "Internal Server Error", "internal error", { cause: error });
  if (problem.cause !== undefined) {
    warn("a request failed", problem);
  }
  return problem;
}
