import { randomUUID } from "node:crypto";
import { askLists, askReads, askWrites } from "./calls.ts";
import { Overload } from "./capacity.ts";
import { Problem } from "./problem.ts";
import { recordId, type ServiceRecord } from "./record.ts";
import type { Service } from "./service.ts";
import type { Trace } from "./trace.ts";

/** What a caller sends with a write; absent: a key of its own. */
interface Sent {
  readonly body: Record<string, unknown>;
  readonly key?: string | undefined;
}

/** Makes the record of a request, or finds the one that an earlier request of the same key has made. */
export async function keepRecord(
  service: Service,
  collection: string,
  { body, key = randomUUID() }: Sent,
  trace: Trace,
): Promise<ServiceRecord> {
  const id = recordId(service.description.service, collection, key);
  await takeTurn(service);
  return (
    (await service.store.find(collection, id)) ??
    (await service.store.keep(collection, await fulfilled(service, id, body, trace)))
  );
}

/** Puts a record in the place of another one, or where none was. */
export async function replaceRecord(
  service: Service,
  collection: string,
  id: string,
  body: Record<string, unknown>,
  trace: Trace,
): Promise<{ record: ServiceRecord; isNew: boolean }> {
  await takeTurn(service);
  const before = await service.store.find(collection, id);
  const made = await fulfilled(service, id, body, trace);
  const record = before ? { ...made, created: before.created } : made;
  await service.store.replace(collection, record);
  return { record, isNew: before === undefined };
}

/** @throws Problem 404 where there is none */
export async function changeRecord(
  service: Service,
  collection: string,
  id: string,
  body: Record<string, unknown>,
  trace: Trace,
): Promise<ServiceRecord> {
  const before = await find(service, collection, id);
  return (await replaceRecord(service, collection, id, { ...before.body, ...body }, trace)).record;
}

/** Whether or not there is one: it is gone afterwards. */
export async function removeRecord(
  service: Service,
  collection: string,
  id: string,
  trace: Trace,
): Promise<void> {
  await takeTurn(service);
  await fulfilled(service, id, {}, trace);
  await service.store.remove(collection, id);
}

/** A record with what its callees say by now. @throws Problem 404 where there is none */
export async function readableRecord(
  service: Service,
  collection: string,
  id: string,
  trace: Trace,
): Promise<ServiceRecord> {
  await takeTurn(service);
  const record = await find(service, collection, id);
  const { calls, body } = record;
  const occasion = { id, key: id, body, trace, answers: calls };
  return { ...record, calls: await askReads(service.description.calls, occasion) };
}

export async function newestRecords(
  service: Service,
  collection: string,
  trace: Trace,
): Promise<ServiceRecord[]> {
  await takeTurn(service);
  // What they say is in no record; they are asked so that every declared edge is used in dev.
  // docs/decisions/0024-what-a-container-is-told-of-requests.md
  await askLists(service.description.calls, trace);
  return service.store.newest(collection);
}

/** Makes the calls that write; each callee gets the body and learns our id under our name. */
async function fulfilled(
  { description: { service, version, calls } }: Service,
  id: string,
  body: Record<string, unknown>,
  trace: Trace,
): Promise<ServiceRecord> {
  const occasion = { id, key: id, body: { ...body, [service]: id }, trace, answers: {} };
  const answers = await askWrites(calls, occasion);
  return { id, service, version, created: new Date().toISOString(), body, calls: answers };
}

async function find(service: Service, collection: string, id: string): Promise<ServiceRecord> {
  const record = await service.store.find(collection, id);
  if (record !== undefined) {
    return record;
  }
  const { isReadOnly, service: name, version } = service.description;
  if (isReadOnly) {
    // Nobody can have made it, so that it is there for whoever asks.
    return { id, service: name, version, created: new Date().toISOString(), body: {}, calls: {} };
  }
  throw new Problem(404, "Not Found", `${collection} has no ${id}`);
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
