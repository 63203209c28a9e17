import { relative } from "node:path";
import { ProblemsError } from "../constructs/model/problem.ts";
import { diskWords, isAnyDiskFull, saysDiskFull } from "./disk.ts";
import { type ExitCode, Fault } from "./fault.ts";
import { shopRoot } from "./shop-root.ts";

/**
 * Says on stderr what went wrong, and returns the exit code for it. For a program, one line of JSON:
 * `{"error":{"message":…,"exitCode":…,"problems":[…]}}`, the problems being those of descriptions, if it is they.
 */
export function report(error: unknown, { asJson = false } = {}): ExitCode {
  const { message, exitCode } = told(error);
  const problems = error instanceof ProblemsError ? { problems: error.problems } : {};
  console.error(asJson ? JSON.stringify({ error: { message, exitCode, ...problems } }) : message);
  return exitCode;
}

function told(error: unknown): Pick<Fault, "message" | "exitCode"> {
  const fault = asFault(error) ?? shopFault(error) ?? defect(error);
  if (!saysDiskFull(fault.message) && !isAnyDiskFull()) return fault;
  return { message: `${fault.message}\n${diskWords()}`, exitCode: 3 };
}

/** What went wrong in the shop's own files: mistyped code, a missing file, broken JSON. */
function shopFault(error: unknown): Fault | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  const place = shopFrame(error);
  if (error instanceof SyntaxError || code === "ERR_MODULE_NOT_FOUND") return new Fault(withPlace(error), 1);
  return place === undefined ? undefined : new Fault(`${place}: ${error}${stackIfAsked(error)}`, 1);
}

/** The first place in the shop's own files that a stack leads through; in this repository the kit lies beside them. */
function shopFrame({ stack = "" }: Error): string | undefined {
  const files = stack.matchAll(/(?:file:\/\/)?(\/[^\s()]+):(\d+):\d+/g);
  for (const [, file = "", line] of files) {
    const path = relative(shopRoot, file);
    if (/^(services\/|stacks\/[^/]+$)/.test(path)) return `${path}:${line}`;
  }
  return undefined;
}

/** Node shows where the text went wrong, and then its own loader. */
function withPlace(error: Error): string {
  const lines = (error.stack ?? String(error)).split("\n");
  return lines
    .filter((line) => isAsked() || !/^\s+at /.test(line))
    .join("\n")
    .trim();
}

/** What nobody foresaw. */
function defect(error: unknown): Fault {
  const words = [
    `this is a defect of PressureValve: ${error}`,
    `please report it, with what you did and this: node ${process.version}, ${process.platform} ${process.arch}${isAsked() ? "" : "; DEBUG=1 shows where it was"}`,
  ];
  return new Fault(`${words.join("\n")}${stackIfAsked(error)}`, 3);
}

function stackIfAsked(error: unknown): string {
  return isAsked() && error instanceof Error ? `\n${error.stack}` : "";
}

function isAsked(): boolean {
  return Boolean(process.env.DEBUG);
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
