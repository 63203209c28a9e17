import { z } from "zod";
import type { Concern } from "./concern.ts";
import { dnsLabel } from "./names.ts";

/** The team that answers for the service. */
export const owner: Concern<string, string> = {
  schema: z.string('must be the name of a team; write for example owner: "checkout"').pipe(dnsLabel),
  resolve: (described) => described,
};
