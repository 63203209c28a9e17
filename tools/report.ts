import { ProblemsError } from "../constructs/model/problem.ts";
import { type ExitCode, Fault } from "./fault.ts";

/** Says on stderr what went wrong, and returns the exit code for it. */
export function report(error: unknown): ExitCode {
  const told = asFault(error);
  // What nobody foresaw is a defect of ours: its stack is the help.
  console.error(told?.message ?? error);
  return told?.exitCode ?? 3;
}

/** An error as a Fault, when it is one that a person can do something about. */
export function asFault(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (error instanceof ProblemsError) return new Fault(error.message, 1);
  if (!(error instanceof Error)) return undefined;
  if (isRefusal(error)) return new Fault(`the cluster answered ${error.code}: ${reason(error.body)}`, 3);
  const unreachable = [error, error.cause].find(isConnectionError);
  return unreachable && new Fault(`no connection (${unreachable.message}); is the cluster running?`, 3);
}

/** An ApiException of the Kubernetes client, told by its shape: not every command needs the client. */
interface Refusal {
  code: number;
  body: unknown;
}

function isRefusal(error: object): error is Refusal {
  return "body" in error && "code" in error && typeof error.code === "number";
}

/** The message of a Kubernetes Status, parsed or not, or what came in its place. */
function reason(body: unknown): string {
  try {
    const status = typeof body === "string" ? JSON.parse(body) : body;
    return status?.message ?? JSON.stringify(body);
  } catch {
    return String(body).trim();
  }
}

const connectionErrors: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

function isConnectionError(error: unknown): error is Error {
  return error instanceof Error && connectionErrors.has((error as NodeJS.ErrnoException).code);
}
