import type { Concern } from "./concern.ts";
import { dnsLabel } from "./names.ts";

/** The team that answers for the service. */
export const owner: Concern<string, string> = {
  schema: dnsLabel,
  resolve: (described) => described,
};
