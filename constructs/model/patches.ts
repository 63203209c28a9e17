import { JsonPatch } from "cdk8s";
import { z } from "zod";
import type { Concern } from "./concern.ts";
import { fields } from "./shape.ts";

/**
 * The escape hatch: changes a rendered object where the description has no word for it. The object shows the
 * reason as an annotation, and policies judge the patched object.
 */
export interface Patch {
  /** Kind of the object, e.g. `Deployment`. */
  readonly kind: string;
  /** metadata.name of the object. */
  readonly name: string;
  /**
   * What to change, e.g. `JsonPatch.replace("/spec/minReadySeconds", 30)`; at least one operation. Whether the value fits
   * its field is for the API server to say.
   * RFC 6902: [JSON Patch](https://datatracker.ietf.org/doc/html/rfc6902#section-4)
   */
  readonly operations: readonly JsonPatch[];
  /** Why the description is not enough: a sentence for the next reader, at most 1000 characters. */
  readonly reason: string;
}

export const patches: Concern<readonly Patch[] | undefined, readonly Patch[]> = {
  schema: z
    .array(
      fields({
        kind: z.string().min(1, "must name a kind; write for example Deployment"),
        name: z.string().min(1, "must name an object; write its metadata.name"),
        operations: z
          .array(
            z.custom<JsonPatch>(
              (value) => value instanceof JsonPatch,
              "must be a JSON Patch operation; write for example JsonPatch.add(path, value)",
            ),
          )
          .min(1, "must have at least one operation; say what to change"),
        reason: z
          .string()
          .min(1, "must be a sentence; say why the description is not enough")
          .max(1000, "must have at most 1000 characters; shorten it"),
      }),
    )
    .optional(),
  resolve: (described) => described ?? [],
};
