import type { Checkout } from "./checkout.ts";
import type { Cluster } from "./cluster.ts";

/** What the chapters work on. */
export interface Scene {
  readonly checkout: Checkout;
  readonly cluster: Cluster;
}
