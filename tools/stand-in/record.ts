import { createHash } from "node:crypto";

/** What a service keeps and answers with. */
export interface ServiceRecord {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly created: string;
  /** What the caller sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What each callee answered, in the order of the calls. */
  readonly calls: Readonly<Record<string, unknown>>;
}

/**
 * A record's id follows from its idempotency key, so that a repeated request finds the record of the first
 * one, and repeats its own calls under the same keys.
 */
export function recordId(service: string, collection: string, key: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([service, collection, key]))
    .digest();
  // The version and variant bits of RFC 9562's UUID version 8, the one for ids of one's own making.
  hash[6] = (hash.readUInt8(6) & 0x0f) | 0x80;
  hash[8] = (hash.readUInt8(8) & 0x3f) | 0x80;
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The collection that a service's callers post to: the plural of its name, `orders`, `inventories`. */
export function collectionOf(service: string): string {
  return /[^aeiou]y$/.test(service) ? `${service.slice(0, -1)}ies` : `${service}s`;
}
