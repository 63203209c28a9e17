import { Fault } from "../fault.ts";

/** What kind of API is meant, as a description says it. */
export const PROTOCOLS = ["rest", "grpc", "graphql"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** How the kit names what an API may be asked that names nothing itself. */
const ANYTHING: Readonly<Record<Protocol, string>> = {
  rest: "GET|HEAD|OPTIONS|PUT|DELETE /*, POST|PATCH /*",
  grpc: "*/*",
  graphql: "GET /graphql, POST /graphql",
};

const http = { pattern: /^[A-Z]+(\|[A-Z]+)* \/\S*$/, example: "GET /items/{sku}" };

const SPELLINGS: Readonly<Record<Protocol, typeof http>> = {
  rest: http,
  graphql: http,
  grpc: {
    pattern: /^(stream )?[\w.*]+\/[\w*]+$/,
    example: "shop.v1.Items/GetItem or stream shop.v1.Items/Watch",
  },
};

/** The names in a variable, with commas between them. @throws Fault when one is no request */
export function requestNames(variable: string, text: string | undefined, protocol: Protocol): string[] {
  const { pattern, example } = SPELLINGS[protocol];
  const names = (text || ANYTHING[protocol]).split(", ");
  const wrong = names.find((name) => !pattern.test(name));
  if (wrong !== undefined) {
    throw new Fault(`${variable} has "${wrong}"; a request of ${protocol} is such as ${example}`, 1);
  }
  return names;
}

const READS: Readonly<Record<Protocol, RegExp>> = {
  rest: /^(GET|HEAD|OPTIONS)\b/,
  graphql: /^(GET|HEAD|OPTIONS)\b/,
  grpc: /^stream |\/(Get|List)\w*$/,
};

/** Whether a request leaves everything as it is: by HTTP's method, or by gRPC's custom (https://google.aip.dev/130). */
export function isRead(name: string, protocol: Protocol): boolean {
  return READS[protocol].test(name);
}

/** A class of HTTP requests: `GET /items/{sku}`. */
export interface RequestClass {
  /** One; several where a description names nothing. */
  readonly methods: readonly string[];
  readonly segments: readonly string[];
}

export function requestClass(name: string): RequestClass {
  const [methods = "", path = ""] = name.split(" ");
  return { methods: methods.split("|"), segments: segmentsOf(path) };
}

export function segmentsOf(path: string): string[] {
  return path.slice(1).split("/");
}

/** Whether it stands for whatever somebody asks. */
export function isOpen(segment: string): boolean {
  return segment === "*" || segment.startsWith("{");
}

/** Whether a path is of a class: a `{segment}` is any one segment, and `*` at the end one or more. */
export function fits({ segments }: RequestClass, path: readonly string[]): boolean {
  const isLongEnough =
    segments.at(-1) === "*" ? path.length >= segments.length : path.length === segments.length;
  return (
    isLongEnough &&
    segments.every((segment, index) => (isOpen(segment) ? path[index] !== "" : path[index] === segment))
  );
}

/** The narrowest first: of two classes that a path is of, the one that says more of it is meant. */
export function byNarrowness(one: RequestClass, other: RequestClass): number {
  return openness(one) - openness(other);
}

function openness({ segments }: RequestClass): number {
  const open = segments.filter(isOpen).length;
  return segments.at(-1) === "*" ? 1000 + open : open;
}
