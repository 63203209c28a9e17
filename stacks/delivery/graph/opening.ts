import { pathsOverlap } from "../../../constructs/model/requests.ts";

/** What one layer lets through between two ends. */
export interface Opening {
  /** `3000`, `53/UDP`, `8000-8100`, or `any`. */
  readonly port: string;
  /** `GET /items/{*}`, or `any` where nothing but the port counts. */
  readonly request: string;
}

/** Everything. */
export const anything: Opening = { port: "any", request: "any" };

/** Whether the one lets through all that the other does. */
export function covers(wide: Opening, narrow: Opening): boolean {
  return portCovers(wide.port, narrow.port) && requestCovers(wide.request, narrow.request);
}

/** What both let through; a request that only a part of another one is stays whole. */
export function common(one: readonly Opening[], other: readonly Opening[]): Opening[] {
  const both = one.flatMap((first) =>
    other.flatMap((second) => {
      const port = narrower(first.port, second.port, portCovers);
      const request = narrower(first.request, second.request, requestCovers);
      return port !== undefined && request !== undefined ? [{ port, request }] : [];
    }),
  );
  return [...new Map(both.map((opening) => [JSON.stringify(opening), opening])).values()];
}

function narrower(
  one: string,
  other: string,
  covers: (wide: string, narrow: string) => boolean,
): string | undefined {
  if (covers(one, other)) return other;
  return covers(other, one) ? one : undefined;
}

export function portCovers(wide: string, narrow: string): boolean {
  if (wide === "any" || wide === narrow) return true;
  const [outer, inner] = [rangeOf(wide), rangeOf(narrow)];
  if (outer === undefined || inner === undefined) return false;
  return outer.protocol === inner.protocol && outer.first <= inner.first && inner.last <= outer.last;
}

function rangeOf(port: string) {
  const [, first, last = first, protocol = "TCP"] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(port) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last), protocol };
}

/** Whether every request of the one kind is one of the other kind. */
export function requestCovers(wide: string, narrow: string): boolean {
  if (wide === "any" || wide === narrow) return true;
  const [outer, inner] = [parts(wide), parts(narrow)];
  if (outer === undefined || inner === undefined) return false;
  return (
    (outer.method === "*" || outer.method === inner.method) &&
    pathCovers(outer.path.split("/"), inner.path.split("/"))
  );
}

function pathCovers([first, ...rest]: readonly string[], [narrow, ...below]: readonly string[]): boolean {
  if (first === "*" && rest.length === 0) return narrow !== undefined;
  if (first === undefined || narrow === undefined) return first === narrow;
  if (narrow === "*" && below.length === 0) return false;
  return (first === narrow || (first === "{*}" && narrow !== "")) && pathCovers(rest, below);
}

/** Whether some request may be of both kinds; where that cannot be told, yes. */
export function requestsMeet(one: string, other: string): boolean {
  const [first, second] = [parts(one), parts(other)];
  if (first === undefined || second === undefined) return true;
  const sameMethod = first.method === second.method || first.method === "*" || second.method === "*";
  return sameMethod && pathsOverlap(first.path, second.path);
}

/** A method and a path of plain segments, `{*}`, and `*` at the end; nothing of what is spelled otherwise. */
function parts(request: string): { method: string; path: string } | undefined {
  const [, method, path = ""] = /^(\S+) (\/\S*)$/.exec(request) ?? [];
  const segments = path.split("/");
  const isPlain = segments.every(
    (segment, index) =>
      segment === "{*}" || (segment === "*" && index === segments.length - 1) || !/[*{}]/.test(segment),
  );
  return method !== undefined && isPlain ? { method, path } : undefined;
}
