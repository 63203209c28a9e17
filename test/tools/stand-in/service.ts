import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ServiceRecord } from "../../../tools/stand-in/record.ts";

const PROGRAM = join(import.meta.dirname, "../../../tools/stand-in/main.ts");

type Line = Readonly<Record<string, unknown>>;

/** A stand-in that runs as a process of its own. */
export interface Running {
  readonly url: string;
  readonly admin: string;
  /** What it has logged so far. */
  readonly lines: readonly Line[];
  /** The first line, past or to come, of which this holds. */
  line(wanted: (line: Line) => boolean): Promise<Line>;
  signal(name: NodeJS.Signals): void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a command of the stand-in to its end. */
export async function run(
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; lines: readonly Line[]; errors: string }> {
  const child = start(words, env);
  const lines = linesOf(child).lines;
  let errors = "";
  child.stderr?.on("data", (text) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  return { code, lines, errors };
}

/** Starts a stand-in on ports that are free, and waits until it listens. */
export async function startService(service: string, env: Record<string, string> = {}): Promise<Running> {
  const child = start([], { OTEL_SERVICE_NAME: service, CAPACITY_SERVICE_TIME: "1ms", ...env });
  const ended = once(child, "close").then(([code]) => code as number | null);
  const { lines, line } = linesOf(child);
  const listening = await Promise.race([
    line(({ message }) => message === "listening"),
    ended.then((code) => Promise.reject(new Error(`${service} ended with ${code} before it listened`))),
  ]);
  return {
    url: `http://127.0.0.1:${listening.port}`,
    admin: `http://127.0.0.1:${listening.admin_port}`,
    lines,
    line,
    signal: (name) => child.kill(name),
    ended,
  };
}

/** What an environment says about a call that names nothing. */
export function calling(callee: string, url: string, timeout = "5s", attempts = "1"): Record<string, string> {
  return { [`${callee}_URL`]: url, [`${callee}_TIMEOUT`]: timeout, [`${callee}_ATTEMPTS`]: attempts };
}

/** What an environment says about a call that names its requests. */
export function asking(
  callee: string,
  url: string,
  requests: string,
  protocol = "rest",
): Record<string, string> {
  return {
    ...calling(callee, url),
    [`${callee}_REQUESTS`]: requests,
    [`${callee}_PROTOCOL`]: protocol,
  };
}

/** What a stand-in has answered, by its own log, as soon as it is so many requests. */
export async function served({ lines, line }: Running, count: number): Promise<string[]> {
  const requests = () => lines.filter(({ message }) => message === "request");
  await line(() => requests().length >= count);
  return requests().map(
    ({ method, path, status, grpc_status }) => `${method} ${path} ${status ?? grpc_status}`,
  );
}

export function post(
  url: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: "POST", body: JSON.stringify(body), headers });
}

/** The record, or the records, that a service answered with. */
export async function recordIn(answer: Response): Promise<ServiceRecord> {
  return (await answer.json()) as ServiceRecord;
}

const children = new Set<ChildProcess>();

/** Ends whatever a test left running. */
export async function endAll(): Promise<void> {
  const running = [...children].filter((child) => child.exitCode === null && child.signalCode === null);
  await Promise.all(
    running.map((child) => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      return ended;
    }),
  );
  children.clear();
}

function start(words: readonly string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { PORT: "0", ADMIN_PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  return child;
}

function linesOf(child: ChildProcess): Pick<Running, "lines" | "line"> {
  const lines: Line[] = [];
  const waiting = new Set<(line: Line) => void>();
  if (child.stdout) {
    createInterface(child.stdout).on("line", (text) => {
      const line = JSON.parse(text);
      lines.push(line);
      for (const offer of [...waiting]) {
        offer(line);
      }
    });
  }
  const line = (wanted: (line: Line) => boolean) =>
    new Promise<Line>((resolve) => {
      const past = lines.find(wanted);
      if (past) {
        resolve(past);
        return;
      }
      const offer = (next: Line) => {
        if (wanted(next)) {
          waiting.delete(offer);
          resolve(next);
        }
      };
      waiting.add(offer);
    });
  return { lines, line };
}
