import { ProblemsError } from "../constructs/model/problem.ts";
import { diskWords, saysDiskFull } from "./disk.ts";
import { type ExitCode, Fault } from "./fault.ts";

/** Says on stderr what went wrong, and returns the exit code for it. */
export function report(error: unknown): ExitCode {
  const told = asFault(error);
  // What nobody foresaw is shown with its stack, which names the file.
  console.error(told?.message ?? error);
  if (saysDiskFull(`${told?.message ?? error}`)) {
    console.error(diskWords());
    return 3;
  }
  return told?.exitCode ?? (isUnloadable(error) ? 1 : 3);
}

/** A description or a list of images that does not even load: mistyped code, a missing file, broken JSON. */
function isUnloadable(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof SyntaxError || error instanceof ReferenceError || code === "ERR_MODULE_NOT_FOUND";
}

/** An error as a Fault, when it is one that a person can do something about. */
export function asFault(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (error instanceof ProblemsError) return new Fault(error.message, 1);
  if (!(error instanceof Error)) return undefined;
  if (saysDiskFull(error.message)) return new Fault(error.message, 3);
  if (isRefusal(error))
    return new Fault(`the cluster answered ${error.code}: ${statusMessage(error.body)}`, 3);
  const connection = brokenConnection(error);
  if (connection === undefined) return undefined;
  return new Fault(`no connection (${connection}); is the cluster running?`, 3);
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
export function statusMessage(body: unknown): string {
  try {
    const status = typeof body === "string" ? JSON.parse(body) : body;
    return status?.message ?? JSON.stringify(body) ?? "without a word";
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
]);

/** What a failed connection says of itself; fetch says it in the cause, whatever it is: an address, a certificate. */
function brokenConnection(error: Error): string | undefined {
  const origin = error.message === "fetch failed" && error.cause instanceof Error ? error.cause : error;
  const { code } = origin as NodeJS.ErrnoException;
  // Several addresses that were tried in vain come together, without a message.
  return origin !== error || connectionErrors.has(code) ? origin.message || code : undefined;
}
