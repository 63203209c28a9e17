import { z } from "zod";
import { normalizedPath } from "./path-normalization.ts";
import { didYouMean } from "./problem.ts";
import { fields, record } from "./shape.ts";
import { type Importance, importances } from "./shedding.ts";

/** The methods of HTTP that a service can be asked by. */
const methods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"] as const;

/** What is done to a resource, in HTTP's own word. */
export type Method = (typeof methods)[number];

/**
 * A class of requests: method and path, with `{segment}` for any one segment and `/*` at the end for all that is beneath. As a
 * mesh judges it: without `%2F`, `//`, `.` and `..`, of which it makes other paths.
 * @example
 * "GET /items/{sku}"
 */
export type RequestName = `${Method} /${string}`;

/** What a service says of a class of requests. */
export interface RequestClass {
  /**
   * Whether a request may be repeated without doing anything twice. Omitted: as HTTP has it, which is yes for GET, HEAD,
   * OPTIONS, PUT and DELETE, and no for POST and PATCH. HTTP: [RFC 9110, idempotent methods](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)
   */
  readonly idempotent?: boolean;
  /**
   * What is refused first, with status 429, while more is asked than a replica can serve: `sheddable` requests before
   * `normal` ones, and these before `critical` ones. Only in a mesh. Omitted: `normal`.
   * Envoy: [adaptive_concurrency](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter), one for each importance
   */
  readonly importance?: Importance;
}

/** What a service may be asked, by method and path. */
export interface RequestClasses {
  readonly [name: RequestName]: RequestClass;
}

/** Some requests, as routes and rights are made from them. */
export interface ResolvedRequest {
  /** As people write it: `GET /items/{sku}`. */
  readonly name: string;
  readonly methods: readonly Method[];
  readonly path: string;
  readonly idempotent: boolean;
  /** Whether it lasts until one side ends it. */
  readonly streaming: boolean;
  /** What it is worth while too much is asked. */
  readonly importance: Importance;
}

/** A method that has no body to give away, and so may be asked again. RFC 9110, section 9.2.2. */
function isIdempotent(method: Method): boolean {
  return method !== "POST" && method !== "PATCH";
}

const segment = /(?:[\w\-.~!$&'()+,;=:@]|%[0-9A-Fa-f]{2})+|\{[A-Za-z]\w*\}/.source;

/** Plain segments and whole `{segment}`s: what AuthorizationPolicy and VirtualService can both say. */
const spelling = new RegExp(
  `^(?:${methods.join("|")}) /(?:(?:${segment})(?:/(?:${segment}))*(?:/\\*)?/?|\\*)?$`,
);

/** A name whose path a mesh leaves as it is: a request never has another one by the time it is judged. */
export const normalizedName = z
  .string()
  .max(1024, "must have at most 1024 characters; shorten it")
  .refine((name) => normalized(name) === name, {
    error: ({ input }) => `must be spelled as a mesh judges it; write ${normalized(input as string)}`,
    abort: true,
  });

function normalized(name: string): string {
  return name.replace(/ \/.*$/, (path) => ` ${normalizedPath(path.slice(1))}`);
}

/** The name of a class of requests. */
export const requestName = normalizedName.regex(
  spelling,
  "must be a method and a path, no regular expression; write for example GET /items/{sku} or GET /items/*",
) as unknown as z.ZodType<RequestName, string>;

const idempotent = z.boolean("must be true or false; say whether it may be repeated").exactOptional();

export const requestClasses = classesOf(
  fields({ idempotent, importance: z.enum(importances).exactOptional() }),
);

/** Of what others run nobody here decides what it refuses first. */
export const externalRequestClasses = classesOf(fields({ idempotent }));

function classesOf(says: z.ZodType): z.ZodType<RequestClasses> {
  return record(requestName, says).refine(
    (classes) => Object.keys(classes as object).length > 0,
    "must have at least one; leave it out where every request is answered",
  ) as unknown as z.ZodType<RequestClasses>;
}

/** What an API that names no requests is asked: anything, and HTTP says what may be repeated. */
export const anyRequest: readonly ResolvedRequest[] = [true, false].map((idempotent) =>
  request(
    methods.filter((method) => isIdempotent(method) === idempotent),
    "/*",
    idempotent,
  ),
);

/** The requests of an API. */
export function resolvedRequests(classes: RequestClasses): readonly ResolvedRequest[] {
  return (Object.keys(classes) as RequestName[]).map((name) => namedRequest(name, classes));
}

/** One request by its name, as its API or else HTTP has it. */
export function namedRequest(name: RequestName, classes: RequestClasses = {}): ResolvedRequest {
  const [method, path] = name.split(" ") as [Method, string];
  const { idempotent = isIdempotent(method), importance } = classes[name] ?? {};
  const methods = [method];
  return request(methods, path, idempotent, importance);
}

/** As a person names it, and as routes and rights are made from it. */
function request(
  methods: readonly Method[],
  path: string,
  idempotent: boolean,
  importance: Importance = "normal",
): ResolvedRequest {
  return { name: `${methods.join("|")} ${path}`, methods, path, idempotent, streaming: false, importance };
}

/** Whether one and the same request may be both. */
export function overlap(one: ResolvedRequest, other: ResolvedRequest): boolean {
  return one.methods.some((method) => other.methods.includes(method)) && pathsOverlap(one.path, other.path);
}

/** Whether one and the same path may be both. */
export function pathsOverlap(one: string, other: string): boolean {
  return meet(one.split("/"), other.split("/"));
}

/** The end of a path that says `*` takes in one segment or more. */
function meet([one, ...ones]: string[], [other, ...others]: string[]): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one === "*" || other === "*" || (isOne(one, other) && meet(ones, others));
}

function isOne(one: string, other: string): boolean {
  return one === other || (one.startsWith("{") && other !== "") || (other.startsWith("{") && one !== "");
}

/** What an API answers, as far as a mistaken name of it is concerned. */
interface Answering {
  readonly requests: readonly ResolvedRequest[];
  /** Whether its description says them. */
  readonly saysRequests: boolean;
}

/** Which request was meant by a name that an API does not have. */
export function meantRequest(name: string, { requests, saysRequests }: Answering, service: string): string {
  const names = requests.map((request) => request.name);
  const otherwise = saysRequests ? `add it to the requests of ${service}` : `ask ${names.join(" or ")}`;
  return didYouMean(name, names, otherwise);
}
