import type { Loose } from "./pods.ts";

/** A VirtualService as far as it says what is asked where. */
export interface VirtualService {
  readonly hosts?: readonly string[];
  readonly exportTo?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http?: readonly Route[];
}

export interface Route {
  readonly match?: readonly Match[];
  readonly route?: readonly { readonly destination: Destination }[];
  readonly mirror?: Destination;
  readonly mirrors?: readonly { readonly destination: Destination }[];
  readonly directResponse?: Loose;
  readonly redirect?: Loose;
}

interface Match {
  readonly uri?: { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
  readonly method?: { readonly exact?: string; readonly prefix?: string; readonly regex?: string };
  readonly port?: number;
}

interface Destination {
  readonly host: string;
  readonly port?: { readonly number?: number };
}

/** Where a request goes: to which host and port of its own, and which requests these are. */
export interface Routed {
  readonly host: string;
  /** Left out: the one that was asked. */
  readonly port?: number | undefined;
  readonly requests: readonly string[];
}

/** Where a VirtualService sends what. After a route that takes everything, no other one gets anything. */
export function routed({ http = [] }: VirtualService): Routed[] {
  const last = http.findIndex(({ match }) => !match?.length);
  const reached = last === -1 ? http : http.slice(0, last + 1);
  return reached.flatMap(({ match, route = [], mirror, mirrors = [] }) => {
    const requests = match?.length ? match.flatMap(spelled) : ["any"];
    const destinations = [...route, ...mirrors].map(({ destination }) => destination);
    return [...destinations, ...(mirror ? [mirror] : [])].map(({ host, port }) => ({
      host,
      port: port?.number,
      requests,
    }));
  });
}

/** What a match takes, as `GET /items/{*}`. */
function spelled({ uri, method }: Match): string[] {
  if (uri === undefined && method === undefined) return ["any"];
  return methodsOf(method).flatMap((one) => `${one} ${pathOf(uri)}`);
}

function methodsOf(method: Match["method"]): readonly string[] {
  if (method === undefined) return ["*"];
  if (method.exact !== undefined) return [method.exact];
  if (method.regex !== undefined && /^[A-Z|]+$/.test(method.regex)) return method.regex.split("|");
  return [`method:${JSON.stringify(method)}`];
}

/** A path as AuthorizationPolicy spells it; a regular expression only where it says no more than that can. */
function pathOf(uri: Match["uri"]): string {
  if (uri === undefined) return "/*";
  if (uri.exact !== undefined) return uri.exact;
  // `/items` takes /itemsets as well.
  if (uri.prefix !== undefined) return uri.prefix.endsWith("/") ? `${uri.prefix}*` : `${uri.prefix}**`;
  const segments = (uri.regex ?? "")
    .split("[^/]+")
    .join("{*}")
    .replace(/\/\.\*$/, "/*");
  const isPlain = !/\\(?![.+$()])|(?<!\\)[.+?$()|[\]^]|(?<!\/)\*|\*(?!$|\})/.test(
    segments.replaceAll("{*}", "_"),
  );
  return isPlain ? segments.replace(/\\([.+$()])/g, "$1") : `regex:${uri.regex}`;
}
