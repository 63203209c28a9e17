import type { FieldChange, Path } from "../../../../stacks/delivery/diff/index.ts";
import type { ItemKey, Segment } from "../../../../stacks/delivery/diff/path.ts";

type Place = Record<string | number, unknown>;

/** Applies listed changes, by nothing but what they say. */
export function apply(before: unknown, changes: readonly FieldChange[]): unknown {
  const root: Place = { root: structuredClone(before) };
  for (const change of changes) {
    const path: Path = ["root", ...change.path];
    const container = path.slice(0, -1).reduce<unknown>((place, segment) => step(place, segment), root);
    applyOne(container, path.at(-1) as Segment, change);
  }
  return root.root;
}

function applyOne(container: unknown, last: Segment, change: FieldChange): void {
  if (change.kind === "reordered") return;
  if (Array.isArray(container)) applyToList(container, last, change);
  else applyToObject(container as Place, last as string, change);
}

type FieldOrItem = Exclude<FieldChange, { kind: "reordered" }>;

function applyToObject(object: Place, field: string, change: FieldOrItem): void {
  if (change.kind === "removed") delete object[field];
  else object[field] = structuredClone(change.after);
}

function applyToList(list: unknown[], last: Segment, change: FieldOrItem): void {
  const index = indexOf(list, last);
  if (change.kind === "removed") list.splice(index, 1);
  else if (change.kind === "changed") list[index] = structuredClone(change.after);
  else list.splice(typeof last === "number" ? index : list.length, 0, structuredClone(change.after));
}

function step(place: unknown, segment: Segment): unknown {
  return Array.isArray(place) ? place[indexOf(place, segment)] : (place as Place)[segment as string];
}

function indexOf(list: readonly unknown[], segment: Segment): number {
  return typeof segment === "number" ? segment : list.findIndex((item) => hasKey(item, segment as ItemKey));
}

function hasKey(item: unknown, key: ItemKey): boolean {
  return Object.entries(key).every(([field, value]) => {
    const found = field.split(".").reduce<unknown>((place, part) => (place as Place)?.[part], item);
    return found === value;
  });
}
