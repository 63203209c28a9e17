import type { Manifest } from "../../../constructs/index.ts";
import type { Trial } from "./experiments.ts";
import { becoming } from "./objects.ts";
import { counterpart, gone, type Path } from "./path.ts";

/** A field of a rendered object. */
export interface Field {
  readonly object: Manifest;
  readonly path: Path;
}

/** What the causes of some trials do to a field: they change its value, or it is no more. */
export interface Effects<Cause> {
  readonly changing: ReadonlySet<Cause>;
  readonly removing: ReadonlySet<Cause>;
}

/**
 * Tells for each field which causes have an effect on it.
 * @param objects those of which the fields are
 * @param before the objects of which each trial changes one thing more
 */
export function effectsOn<Cause>(
  fields: readonly Field[],
  objects: readonly Manifest[],
  trials: Iterable<Trial<Cause>>,
  before: readonly Manifest[] = objects,
): readonly Effects<Cause>[] {
  const effects = fields.map(() => ({ changing: new Set<Cause>(), removing: new Set<Cause>() }));
  const was = valuesOf(fields, objects, before);
  const texts = new Map(
    becoming(objects, before).map((object, index) => [objects[index], JSON.stringify(object)]),
  );
  for (const { cause, after } of trials) {
    const pairs = new Map(becoming(objects, after).map((object, index) => [objects[index], object]));
    const touched = new Set(
      objects.filter((object) => JSON.stringify(pairs.get(object)) !== texts.get(object)),
    );
    fields.forEach((field, index) => {
      if (!touched.has(field.object)) return;
      const is = valueIn(field, pairs.get(field.object));
      if (is === gone) effects[index]?.removing.add(cause);
      else if (differs(is, was[index])) effects[index]?.changing.add(cause);
    });
  }
  return effects;
}

function valuesOf(
  fields: readonly Field[],
  objects: readonly Manifest[],
  after: readonly Manifest[],
): unknown[] {
  const pairs = new Map(becoming(objects, after).map((object, index) => [objects[index], object]));
  return fields.map((field) => valueIn(field, pairs.get(field.object)));
}

function valueIn({ object, path }: Field, became: Manifest | undefined): unknown {
  return became ? counterpart(object, became, path) : gone;
}

function differs(is: unknown, was: unknown): boolean {
  const text = JSON.stringify(is) ?? "";
  // What no longer computes shows nothing but that a wrong value went in.
  return text !== JSON.stringify(was) && !/NaN|undefined|Infinity/.test(text);
}
