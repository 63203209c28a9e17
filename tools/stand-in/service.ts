import { Capacity } from "./capacity.ts";
import type { Description } from "./description.ts";
import type { Faults } from "./faults.ts";
import type { Store } from "./store.ts";

/** A service at work: what it was told, and what changes while it runs. */
export interface Service {
  readonly description: Description;
  readonly store: Store;
  readonly capacity: Capacity;
  faults: Faults;
  isDraining: boolean;
  /** When the last request that is no probe came, in milliseconds since the epoch. */
  lastArrival: number;
}

export function serviceOf(description: Description, store: Store): Service {
  return {
    description,
    store,
    capacity: new Capacity(description.capacity),
    faults: description.faults,
    isDraining: false,
    lastArrival: 0,
  };
}
