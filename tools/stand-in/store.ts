import type { ServiceRecord } from "./record.ts";

/** Where a service keeps its records. */
export interface Store {
  /** Keeps a record and returns the one that is kept: an earlier one of the same id wins. */
  keep(collection: string, record: ServiceRecord): Promise<ServiceRecord>;
  /** Keeps a record in the place of an earlier one of the same id. */
  replace(collection: string, record: ServiceRecord): Promise<void>;
  remove(collection: string, id: string): Promise<void>;
  find(collection: string, id: string): Promise<ServiceRecord | undefined>;
  /** The newest few, newest first. */
  newest(collection: string): Promise<ServiceRecord[]>;
  /** @throws when nothing could be kept or found just now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** How many records `newest` gives. */
export const FEW = 20;

/** The most that memory keeps; beyond it the oldest goes. */
const MOST = 10_000;

/** The store of a service without a database. */
export function memoryStore(): Store {
  const records = new Map<string, ServiceRecord>();
  const keyOf = (collection: string, id: string) => `${collection}/${id}`;
  return {
    async keep(collection, record) {
      const key = keyOf(collection, record.id);
      const kept = records.get(key) ?? record;
      records.set(key, kept);
      dropOldest(records);
      return kept;
    },
    replace: async (collection, record) => {
      records.set(keyOf(collection, record.id), record);
      dropOldest(records);
    },
    remove: async (collection, id) => {
      records.delete(keyOf(collection, id));
    },
    find: async (collection, id) => records.get(keyOf(collection, id)),
    newest: async (collection) =>
      [...records]
        .filter(([key, { id }]) => key === keyOf(collection, id))
        .slice(-FEW)
        .reverse()
        .map(([, record]) => record),
    check: async () => {},
    close: async () => {},
  };
}

/** A map lists its keys in the order in which they came. */
function dropOldest(records: Map<string, ServiceRecord>): void {
  const [oldest] = records.size > MOST ? records.keys() : [];
  if (oldest !== undefined) {
    records.delete(oldest);
  }
}
