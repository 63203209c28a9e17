import { diffArrays } from "diff";
import { canonical, isObject, type Json } from "./json.ts";
import type { ItemKey } from "./path.ts";

/** How the items of a list are told apart. */
type Matching =
  /** By merge keys, as in server-side apply. */
  | { kind: "keyed"; keys: readonly string[] }
  /** By content alone: their order means nothing. */
  | { kind: "set" }
  /** By content, in order. */
  | { kind: "ordered" };

/**
 * The merge keys of Kubernetes' lists, by the name of the field; the first that tells all items apart counts.
 * Ports come by name first: one whose number changes is still the same port to a reader.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
const mergeKeys: Record<string, readonly (readonly string[])[]> = {
  conditions: [["type"]],
  containers: [["name"]],
  env: [["name"]],
  ephemeralContainers: [["name"]],
  hostAliases: [["ip"]],
  imagePullSecrets: [["name"]],
  initContainers: [["name"]],
  matchExpressions: [["key", "operator"]],
  metrics: [["name"]],
  ownerReferences: [["uid"]],
  ports: [["name"], ["containerPort", "protocol"], ["port", "protocol"]],
  secrets: [["name"]],
  subjects: [
    ["kind", "namespace", "name"],
    ["kind", "name"],
  ],
  templates: [["templateName"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"]],
  volumeClaimTemplates: [["metadata.name"]],
  volumeDevices: [["devicePath"]],
  volumeMounts: [["mountPath"]],
  volumes: [["name"]],
};

/** Lists that Kubernetes reads as a set: rules that add up, rights, capabilities. */
const sets: ReadonlySet<string> = new Set([
  "accessModes",
  "add",
  "apiGroups",
  "drop",
  "egress",
  "finalizers",
  "from",
  "ingress",
  "matchExpressions",
  "matchLabelKeys",
  "metrics",
  "policies",
  "policyTypes",
  "ports",
  "resourceNames",
  "resources",
  "to",
  "tolerations",
  "values",
  "verbs",
]);

/** How the items of a field's list are told apart. What is not known here is taken to mean its order. */
export function matching(field: unknown, before: readonly Json[], after: readonly Json[]): Matching {
  if (typeof field !== "string") return { kind: "ordered" };
  const candidates = Object.hasOwn(mergeKeys, field) ? mergeKeys[field] : undefined;
  const keys = candidates?.find((fields) => tellsApart(before, fields) && tellsApart(after, fields));
  if (keys) return { kind: "keyed", keys };
  return { kind: sets.has(field) ? "set" : "ordered" };
}

function tellsApart(items: readonly Json[], fields: readonly string[]): boolean {
  const keys = items.map((item) => itemKey(item, fields));
  return (
    keys.every((key) => key !== undefined) && new Set(keys.map((key) => canonical(key))).size === keys.length
  );
}

/** The item's merge keys; nothing when it lacks the first. */
export function itemKey(item: Json, fields: readonly string[]): ItemKey | undefined {
  const found = fields.map((field) => [field, at(item, field)] as const);
  if (found[0]?.[1] === undefined) return undefined;
  return Object.fromEntries(found.filter((pair): pair is [string, string | number] => pair[1] !== undefined));
}

function at(item: Json, field: string): string | number | undefined {
  let place: Json | undefined = item;
  for (const part of field.split(".")) place = isObject(place) ? place[part] : undefined;
  return typeof place === "string" || typeof place === "number" ? place : undefined;
}

/** Places of items that belong together, and of those that stand alone, in the list before and in the list after. */
export interface Alignment {
  readonly pairs: readonly (readonly [before: number, after: number])[];
  readonly removed: readonly number[];
  readonly added: readonly number[];
}

/** Aligns two lists by their longest common sequence; what stands between two common items is paired in order. */
export function align(before: readonly Json[], after: readonly Json[]): Alignment {
  const parts = gaps(before, after).map(({ left, right }) => {
    const pairs: [number, number][] = [];
    for (const place of right) {
      // A pair that crosses another would be a move.
      const rest = left.filter((candidate) => candidate > (pairs.at(-1)?.[0] ?? -1));
      const partner = rest.find((candidate) => likeness(before[candidate], after[place]) > 0);
      if (partner !== undefined) pairs.push([partner, place]);
    }
    return { pairs, ...unpaired(pairs, left, right) };
  });
  return {
    pairs: parts.flatMap(({ pairs }) => pairs),
    removed: parts.flatMap(({ removed }) => removed),
    added: parts.flatMap(({ added }) => added),
  };
}

/** The places in both lists that lie between two items of their longest common sequence. */
function gaps(before: readonly Json[], after: readonly Json[]): { left: number[]; right: number[] }[] {
  const found = [{ left: [] as number[], right: [] as number[] }];
  let [left, right] = [0, 0];
  for (const { removed, added, value } of diffArrays(before.map(canonical), after.map(canonical))) {
    const { length } = value;
    if (removed) found.at(-1)?.left.push(...range(left, length));
    else if (added) found.at(-1)?.right.push(...range(right, length));
    else found.push({ left: [], right: [] });
    if (!added) left += length;
    if (!removed) right += length;
  }
  return found;
}

/** Pairs equal items wherever they stand, and then those that are most alike. Equal pairs are left out. */
export function matchContents(before: readonly Json[], after: readonly Json[]): Alignment {
  const rest = new Map(after.map((item, place) => [place, canonical(item)]));
  const unequal = before.flatMap((item, place) => {
    const text = canonical(item);
    const equal = [...rest].find(([, other]) => other === text);
    if (equal) rest.delete(equal[0]);
    return equal ? [] : [place];
  });
  const right = [...rest.keys()];
  const pairs: [number, number][] = [];
  for (const place of unequal) {
    const [best] = [...rest.keys()]
      .map((candidate) => ({ candidate, likeness: likeness(before[place], after[candidate]) }))
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) => b.likeness - a.likeness);
    if (best) {
      rest.delete(best.candidate);
      pairs.push([place, best.candidate]);
    }
  }
  return { pairs, ...unpaired(pairs, unequal, right) };
}

function unpaired(
  pairs: readonly (readonly [number, number])[],
  left: readonly number[],
  right: readonly number[],
): Pick<Alignment, "removed" | "added"> {
  const [before, after] = [new Set(pairs.map(([place]) => place)), new Set(pairs.map(([, place]) => place))];
  return {
    removed: left.filter((place) => !before.has(place)),
    added: right.filter((place) => !after.has(place)),
  };
}

/** How much one object reads as a changed form of another: fields in common count, equal ones twice. */
function likeness(before: Json | undefined, after: Json | undefined): number {
  if (!isObject(before) || !isObject(after)) return 0;
  return Object.entries(before).reduce((sum, [field, value]) => {
    const other = Object.hasOwn(after, field) ? after[field] : undefined;
    if (other === undefined) return sum;
    return sum + (canonical(value) === canonical(other) ? 2 : 1);
  }, 0);
}

function range(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index);
}
