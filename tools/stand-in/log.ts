import type { Description } from "./description.ts";

let origin: Readonly<Record<string, string>> = {};

/** Puts the service's name and version on every line from here on. */
export function logAs({ service, version }: Pick<Description, "service" | "version">): void {
  origin = { service, version };
}

/** Writes one JSON line to stdout. Callers pass what may be read by anyone: no bodies, no credentials. */
export function log(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${line("info", message, fields)}\n`);
}

/** Writes one JSON line to stderr about something that somebody should look at. */
export function warn(message: string, error?: unknown): void {
  process.stderr.write(`${line("error", message, error === undefined ? {} : { error: reasonOf(error) })}\n`);
}

function line(level: string, message: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: new Date().toISOString(), level, ...origin, message, ...fields });
}

/** fetch and Problem hide the reason one cause down; connection errors to several addresses have an empty message. */
function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    reasons.push(at.message || ("code" in at ? String(at.code) : at.name));
  }
  return reasons.join(": ") || String(error);
}
