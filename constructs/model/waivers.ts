import { z } from "zod";
import type { Concern } from "./concern.ts";
import { pitfallIds } from "./pitfalls/ids.ts";
import type { PitfallId } from "./pitfalls/pitfall.ts";
import { day, fields } from "./shape.ts";

/** A pitfall of microservices that the owner of the service has seen and lives with. */
export interface Waiver {
  /** Which one, as its warning calls it. */
  readonly pitfall: PitfallId;
  /** Why it stays: a sentence for the next reader, at most 1000 characters. The workload shows it as an annotation. */
  readonly reason: string;
  /** The last day on which it counts, such as `2027-01-31`. Omitted: it counts until it is taken out. */
  readonly until?: string;
}

export const waivers: Concern<readonly Waiver[] | undefined, readonly Waiver[]> = {
  schema: z
    .array(
      fields({
        pitfall: z.literal(pitfallIds),
        reason: z
          .string()
          .refine((text) => text.trim() !== "", "must be a sentence; say why it stays")
          .max(1000, "must have at most 1000 characters; shorten it"),
        until: day.exactOptional(),
      }),
    )
    .optional(),
  resolve: (described) => described ?? [],
  check: ({ waivers }) =>
    waivers.flatMap(({ pitfall }, index) =>
      waivers.findIndex((other) => other.pitfall === pitfall) === index
        ? []
        : {
            field: `waivers[${index}].pitfall`,
            value: pitfall,
            rule: "but it is waived already",
            remedy: "waive it once",
          },
    ),
};
