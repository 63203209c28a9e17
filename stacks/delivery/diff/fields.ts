import { canonical, isList, isObject, type Json, type JsonObject } from "./json.ts";
import { type Alignment, align, itemKey, matchContents, matching } from "./lists.ts";
import type { ItemKey, Path } from "./path.ts";
import { isQuantity, sameQuantity } from "./quantity.ts";

/**
 * One field that differs. Applied in the order in which they are listed, the changes turn the one value into the
 * other, but for the order of items where that means nothing.
 */
export type FieldChange =
  | { readonly kind: "changed"; readonly path: Path; readonly before: Json; readonly after: Json }
  | { readonly kind: "added"; readonly path: Path; readonly after: Json }
  | { readonly kind: "removed"; readonly path: Path; readonly before: Json }
  /** The same items in another order; `after` holds their keys. */
  | { readonly kind: "reordered"; readonly path: Path; readonly after: readonly ItemKey[] };

/** Says of a list with merge keys whether the order of its items means something. */
type OrderCounts = (path: Path) => boolean;

/** The fields that differ between two values. */
export function fieldChanges(
  before: Json,
  after: Json,
  orderCounts: OrderCounts = () => false,
): FieldChange[] {
  return new Comparison(orderCounts).values([], before, after);
}

class Comparison {
  readonly #orderCounts: OrderCounts;

  constructor(orderCounts: OrderCounts) {
    this.#orderCounts = orderCounts;
  }

  values(path: Path, before: Json, after: Json): FieldChange[] {
    if (isObject(before) && isObject(after)) return this.#objects(path, before, after);
    if (isList(before) && isList(after)) return this.#lists(path, before, after);
    if (before === after || (isQuantity(path) && sameQuantity(before, after))) return [];
    return [{ kind: "changed", path, before, after }];
  }

  #objects(path: Path, before: JsonObject, after: JsonObject): FieldChange[] {
    const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return fields.flatMap((field) => this.#optional([...path, field], own(before, field), own(after, field)));
  }

  #optional(path: Path, before: Json | undefined, after: Json | undefined): FieldChange[] {
    if (before === undefined) return after === undefined ? [] : [{ kind: "added", path, after }];
    if (after === undefined) return [{ kind: "removed", path, before }];
    return this.values(path, before, after);
  }

  #lists(path: Path, before: readonly Json[], after: readonly Json[]): FieldChange[] {
    if (canonical(before) === canonical(after)) return [];
    const how = matching(path.at(-1), before, after);
    if (how.kind === "keyed") return this.#keyed(path, how.keys, before, after);
    return how.kind === "set" ? this.#set(path, before, after) : this.#ordered(path, before, after);
  }

  #keyed(
    path: Path,
    fields: readonly string[],
    before: readonly Json[],
    after: readonly Json[],
  ): FieldChange[] {
    const [left, right] = [byKey(before, fields), byKey(after, fields)];
    const keys = [...new Map([...left, ...right].map(([text, { key }]) => [text, key]))];
    const changes = keys.flatMap(([text, key]) =>
      this.#optional([...path, key], left.get(text)?.item, right.get(text)?.item),
    );
    const moved = !sameOrder([...left.keys()], [...right.keys()]) && this.#orderCounts(path);
    if (!moved) return changes;
    return [...changes, { kind: "reordered", path, after: [...right.values()].map(({ key }) => key) }];
  }

  /** Changes within items stand at their places before, and come first. */
  #set(path: Path, before: readonly Json[], after: readonly Json[]): FieldChange[] {
    const { pairs, removed, added } = matchContents(before, after);
    return [
      ...pairs.flatMap(([left, right]) => this.#item(path, left, before[left], after[right])),
      ...removals(path, before, removed),
      ...added.map((place, index) => insertion(path, before.length - removed.length + index, after[place])),
    ];
  }

  /** Changes within items stand at their places after, and come last. */
  #ordered(path: Path, before: readonly Json[], after: readonly Json[]): FieldChange[] {
    const { pairs, removed, added }: Alignment = align(before, after);
    return [
      ...removals(path, before, removed),
      ...added.map((place) => insertion(path, place, after[place])),
      ...pairs.flatMap(([left, right]) => this.#item(path, right, before[left], after[right])),
    ];
  }

  #item(path: Path, place: number, before: Json | undefined, after: Json | undefined): FieldChange[] {
    return this.#optional([...path, place], before, after);
  }
}

/** The last first, so that the places of the others still hold. */
function removals(path: Path, before: readonly Json[], places: readonly number[]): FieldChange[] {
  return [...places]
    .sort((a, b) => b - a)
    .map((place) => ({ kind: "removed", path: [...path, place], before: before[place] as Json }));
}

function insertion(path: Path, place: number, after: Json | undefined): FieldChange {
  return { kind: "added", path: [...path, place], after: after as Json };
}

function own(value: JsonObject, field: string): Json | undefined {
  return Object.hasOwn(value, field) ? value[field] : undefined;
}

function byKey(items: readonly Json[], fields: readonly string[]): Map<string, { key: ItemKey; item: Json }> {
  return new Map(
    items.map((item) => {
      const key = itemKey(item, fields) as ItemKey;
      return [canonical(key), { key, item }];
    }),
  );
}

/** Whether the items that both lists have stand in the same order. */
function sameOrder(before: readonly string[], after: readonly string[]): boolean {
  const [left, right] = [new Set(before), new Set(after)];
  const kept = after.filter((key) => left.has(key));
  return before.filter((key) => right.has(key)).every((key, index) => key === kept[index]);
}
