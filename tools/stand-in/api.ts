import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import { readBody } from "./body.ts";
import { Problem } from "./problem.ts";
import { recordId } from "./record.ts";
import {
  changeRecord,
  keepRecord,
  newestRecords,
  readableRecord,
  removeRecord,
  replaceRecord,
} from "./records.ts";
import { byNarrowness, fits, isOpen, type RequestClass, requestClass, segmentsOf } from "./requests.ts";
import type { Service } from "./service.ts";
import type { Trace } from "./trace.ts";

/** The longest path of a request; what it names becomes a key of the store. */
const LONGEST = 1024;

/** What is asked for: a collection, or a record in one. */
interface Place {
  readonly path: string;
  readonly collection: string;
  readonly id?: string;
}

type Method = (service: Service, place: Place, request: IncomingMessage, trace: Trace) => Promise<Answer>;

const METHODS: Readonly<Record<string, Method>> = {
  GET: get,
  HEAD: get,
  POST: post,
  PUT: put,
  PATCH: patch,
  DELETE: remove,
};

/**
 * The REST API that the description declares, and nothing else. What ends with a `{segment}` is a record, what ends plainly is
 * a collection; where a description leaves it open, by `*`, they take turns: `/<collection>/<id>`.
 *
 * @throws Problem for whatever is not answered with a record.
 */
export async function answerApi(
  service: Service,
  request: IncomingMessage,
  path: string,
  trace: Trace,
): Promise<Answer> {
  if (path.length > LONGEST) {
    throw new Problem(414, "URI Too Long", `the path has more than ${LONGEST} characters`);
  }
  const segments = segmentsOf(path);
  const fitting = classesAt(service, path, segments);
  const allow = [...new Set(fitting.flatMap(({ methods }) => methods))].join(", ");
  const meant = fitting.find(({ methods }) => methods.includes(request.method ?? ""));
  if (meant === undefined) {
    throw new Problem(405, "Method Not Allowed", `${request.method} ${path} is not served`, {
      headers: { allow },
    });
  }
  const method = METHODS[request.method ?? ""];
  if (method === undefined) {
    return { status: 204, headers: { allow } };
  }
  return method(service, placeOf(meant, path, segments), request, trace);
}

function classesAt({ description }: Service, path: string, segments: readonly string[]): RequestClass[] {
  const fitting = description.requests.map(requestClass).filter((one) => fits(one, segments));
  if (fitting.length === 0) {
    const served = description.requests.join(", ");
    throw new Problem(404, "Not Found", `${path} is not served; there are ${served}`);
  }
  return fitting.sort(byNarrowness);
}

function placeOf({ segments: named }: RequestClass, path: string, segments: readonly string[]): Place {
  const last = named.at(-1) ?? "";
  const isRecord = last === "*" ? segments.length % 2 === 0 : isOpen(last);
  return isRecord
    ? { path, collection: segments.slice(0, -1).join("/"), id: decoded(`${segments.at(-1)}`) }
    : { path, collection: segments.join("/") };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem(400, "Bad Request", `${segment} is not percent-encoded`);
  }
}

async function get(service: Service, { collection, id }: Place, _: IncomingMessage, trace: Trace) {
  const body =
    id === undefined
      ? await newestRecords(service, collection, trace)
      : await readableRecord(service, collection, id, trace);
  return { status: 200, body };
}

async function post(service: Service, place: Place, request: IncomingMessage, trace: Trace): Promise<Answer> {
  if (place.id !== undefined) {
    return put(service, place, request, trace);
  }
  const sent = { body: await readBody(request), key: idempotencyKey(request) };
  const record = await keepRecord(service, place.collection, sent, trace);
  return { status: 201, headers: { location: `${place.path}/${record.id}` }, body: record };
}

async function put(service: Service, place: Place, request: IncomingMessage, trace: Trace): Promise<Answer> {
  const body = await readBody(request);
  const { record, isNew } = await replaceRecord(
    service,
    place.collection,
    nameOf(service, place),
    body,
    trace,
  );
  return { status: isNew ? 201 : 200, body: record };
}

async function patch(service: Service, place: Place, request: IncomingMessage, trace: Trace) {
  const body = await readBody(request);
  const record = await changeRecord(service, place.collection, nameOf(service, place), body, trace);
  return { status: 200, body: record };
}

async function remove(service: Service, place: Place, _: IncomingMessage, trace: Trace) {
  await removeRecord(service, place.collection, nameOf(service, place), trace);
  return { status: 204 };
}

/** What is put, changed or removed under a plain path is the one thing there. */
function nameOf({ description }: Service, { collection, id }: Place): string {
  return id ?? recordId(description.service, collection, "");
}

function idempotencyKey(request: IncomingMessage): string {
  const key = request.headers["idempotency-key"] ?? randomUUID();
  if (typeof key !== "string" || key.length > 255) {
    throw new Problem(400, "Bad Request", "the idempotency key is longer than 255 characters");
  }
  return key;
}
