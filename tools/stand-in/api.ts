import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import { readBody } from "./body.ts";
import { makeCall, readRecord } from "./calls.ts";
import { Overload } from "./capacity.ts";
import { Problem } from "./problem.ts";
import { recordId, type ServiceRecord } from "./record.ts";
import type { Service } from "./service.ts";
import type { Trace } from "./trace.ts";

/**
 * The API of every service: `POST /<collection>`, `GET /<collection>` and `GET /<collection>/<id>`. Any
 * first segment is a collection; by custom it is the plural of the service's name.
 *
 * @throws Problem for whatever is not answered with a record.
 */
export async function answerApi(
  service: Service,
  request: IncomingMessage,
  path: string,
  trace: Trace,
): Promise<Answer> {
  const [, collection, id] = /^\/([a-z0-9][a-z0-9-]{0,62})(?:\/([\w-]{1,64}))?$/.exec(path) ?? [];
  if (collection === undefined) {
    throw new Problem(
      404,
      "Not Found",
      `${path} is not served; there are /<collection> and /<collection>/<id>`,
    );
  }
  switch (`${request.method} ${id === undefined ? "collection" : "record"}`) {
    case "POST collection":
      return create(service, collection, request, trace);
    case "GET collection":
      return { status: 200, body: await newestRecords(service, collection) };
    case "GET record":
      return { status: 200, body: await readableRecord(service, collection, id ?? "", trace) };
    default:
      throw new Problem(405, "Method Not Allowed", `${request.method} ${path} is not served`, {
        headers: { allow: id === undefined ? "GET, POST" : "GET" },
      });
  }
}

async function create(
  service: Service,
  collection: string,
  request: IncomingMessage,
  trace: Trace,
): Promise<Answer> {
  const asked = { body: await readBody(request), key: idempotencyKey(request) };
  const { id, record } = await keepRecord(service, collection, asked, trace);
  return { status: 201, headers: { location: `/${collection}/${id}` }, body: record };
}

/** Makes the record of a request, or finds the one that an earlier request of the same key has made. */
export async function keepRecord(
  service: Service,
  collection: string,
  { body, key = randomUUID() }: { body: Record<string, unknown>; key?: string | undefined },
  trace: Trace,
): Promise<{ id: string; record: ServiceRecord }> {
  const id = recordId(service.description.service, collection, key);
  await takeTurn(service);
  const record =
    (await service.store.find(collection, id)) ??
    (await service.store.keep(collection, await fulfil(service, id, body, trace)));
  return { id, record };
}

/** @throws Problem 404 where there is none */
export async function readableRecord(
  service: Service,
  collection: string,
  id: string,
  trace: Trace,
): Promise<ServiceRecord> {
  await takeTurn(service);
  return current(service, await find(service, collection, id), trace);
}

export async function newestRecords(service: Service, collection: string): Promise<ServiceRecord[]> {
  await takeTurn(service);
  return service.store.newest(collection);
}

/** Makes the declared calls one after another; each callee gets the body and learns our id under our name. */
async function fulfil(
  { description: { service, version, calls } }: Service,
  id: string,
  body: Record<string, unknown>,
  trace: Trace,
): Promise<ServiceRecord> {
  const answers: Record<string, unknown> = {};
  for (const call of calls) {
    answers[call.callee] = await makeCall(call, { body: { ...body, [service]: id }, key: id, trace });
  }
  return { id, service, version, created: new Date().toISOString(), body, calls: answers };
}

/** A record with what its callees say by now, as far as they are to be asked. */
async function current(
  { description: { reads } }: Service,
  record: ServiceRecord,
  trace: Trace,
): Promise<ServiceRecord> {
  const answers: Record<string, unknown> = { ...record.calls };
  for (const call of reads) {
    const { id } = (answers[call.callee] ?? {}) as Partial<ServiceRecord>;
    if (id !== undefined) {
      answers[call.callee] = await readRecord(call, id, trace);
    }
  }
  return { ...record, calls: answers };
}

async function find(service: Service, collection: string, id: string): Promise<ServiceRecord> {
  const record = await service.store.find(collection, id);
  if (record === undefined) {
    throw new Problem(404, "Not Found", `${collection} has no ${id}`);
  }
  return record;
}

async function takeTurn({ capacity }: Service): Promise<void> {
  try {
    await capacity.serve();
  } catch (error) {
    if (error instanceof Overload) {
      throw new Problem(503, "Service Unavailable", error.message, { headers: { "retry-after": "1" } });
    }
    throw error;
  }
}

function idempotencyKey(request: IncomingMessage): string {
  const key = request.headers["idempotency-key"] ?? randomUUID();
  if (typeof key !== "string" || key.length > 255) {
    throw new Problem(400, "Bad Request", "the idempotency key is longer than 255 characters");
  }
  return key;
}
