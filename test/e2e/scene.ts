import type { Checkout } from "./checkout.ts";
import type { Cluster } from "./cluster.ts";
import type { Traces } from "./traces.ts";

/** What the chapters work on. */
export interface Scene {
  readonly checkout: Checkout;
  readonly cluster: Cluster;
  /** The machine before anything was started. */
  readonly before: Traces;
}
