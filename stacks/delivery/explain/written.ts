import type { Manifest } from "../../../constructs/index.ts";
import type { Field } from "./effects.ts";
import { at } from "./path.ts";
import type { Place } from "./recorder.ts";
import type { TracedShop } from "./traced-shop.ts";

/**
 * The lines of the kit that write a field, the last one first; of what has no line of its own, those of what it stands in.
 * Nothing for what others made of an object: a patch, or a construct of the shop.
 */
export function whereWritten(
  { recorder, isKits }: TracedShop,
  origins: readonly Manifest[],
  { object, path }: Field,
): readonly Place[] {
  const origin = origins.find(
    ({ kind, metadata }) =>
      kind === object.kind &&
      metadata.name === object.metadata.name &&
      metadata.namespace === object.metadata.namespace,
  );
  if (!origin || JSON.stringify(at(origin, path)) !== JSON.stringify(at(object, path))) return [];
  for (let depth = path.length; depth > 0; depth -= 1) {
    const container = at(origin, path.slice(0, depth - 1));
    const places = recorder
      .placesOf(container as object, path[depth - 1] as string | number)
      .filter(({ file }) => isKits(file));
    if (places.length > 0) return places;
  }
  return [];
}
