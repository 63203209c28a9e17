import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";

type Json = null | boolean | number | string | Json[] | { [field: string]: Json };

/** What a field is set to: mostly a value of its own type, so that the API server takes the object often enough. */
function values(old: Json): readonly Json[] {
  if (typeof old === "boolean") return [null, true, false];
  if (typeof old === "number") return [null, 0, 1, old + 1, String(old), 1.5];
  if (typeof old === "string") return quantity.test(old) ? quantities : words;
  return Array.isArray(old) ? [null, []] : [null, {}];
}

const quantity = /^\d+([.]\d+)?(m|[KMGT]i?|%)?$/;
const quantities: readonly Json[] = [
  null,
  "0",
  "0m",
  "0Gi",
  "0.1",
  "100m",
  "1e3",
  "1Gi",
  "1024Mi",
  "1.0",
  0,
  1,
  "50%",
  "100%",
];
const words: readonly Json[] = [
  ...[
    null,
    "",
    "default",
    "ALL",
    "NET_ADMIN",
    "Unconfined",
    "RuntimeDefault",
    "Localhost",
    "Default",
    "Unmasked",
  ],
  ...[
    "windows",
    "linux",
    "spc_t",
    "kernel.msgmax",
    "latest",
    "a:latest",
    `a@sha256:${"0".repeat(64)}`,
    "\u00e4\u{1f600}",
  ],
];

type Path = readonly (string | number)[];

/** A path to some field or element of a value; the empty path is the value itself. */
function paths(value: Json, at: Path = []): Path[] {
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value ?? {});
  if (typeof value !== "object") return [at];
  return [...(at.length > 0 ? [at] : []), ...below.flatMap(([key, child]) => paths(child, [...at, key]))];
}

/** What else is another object, or none. */
const kept: ReadonlySet<string> = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "metadata.name",
  "metadata.namespace",
]);

type Change = { readonly at: number; readonly how: "remove" | "set" | "repeat"; readonly value: number };

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("remove", "set", "set", "repeat"),
  value: fc.nat(),
});

/** One of the objects, changed in one to three places. */
export function mutated<T extends object>(objects: readonly T[]): fc.Arbitrary<T> {
  const elsewhere = textsByField(objects);
  return fc
    .tuple(fc.constantFrom(...objects), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([object, changes]) => {
      const copy = copyOf(object as unknown as Json);
      for (const each of changes) apply(copy, each, elsewhere);
      return { object, copy };
    })
    .filter(({ object, copy }) => !isDeepStrictEqual(copyOf(object as unknown as Json), copy))
    .map(({ copy }) => copy as unknown as T);
}

/** structuredClone gives arrays of another realm within Jest, and cel-js takes those for no lists. */
function copyOf(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

/** By the names of fields the texts that the objects have in them, such as `cluster-admin` for a `name`. */
function textsByField(objects: readonly object[]): ReadonlyMap<string, readonly string[]> {
  const all = objects.flatMap((object) =>
    paths(object as unknown as Json).map((path) => ({
      field: fieldOf(path),
      text: at(object as unknown as Json, path),
    })),
  );
  const texts = all.filter((one): one is { field: string; text: string } => typeof one.text === "string");
  const grouped = Map.groupBy(texts, ({ field }) => field);
  return new Map([...grouped].map(([field, ones]) => [field, [...new Set(ones.map(({ text }) => text))]]));
}

/** Of an element the field of its list. */
function fieldOf(path: Path): string {
  return String(path.findLast((step) => typeof step === "string"));
}

function at(object: Json, path: Path): Json {
  return path.reduce<Json>((node, key) => (node as Record<string, Json>)[key] as Json, object);
}

function apply(
  object: Json,
  { at: index, how, value }: Change,
  elsewhere: ReadonlyMap<string, readonly string[]>,
): void {
  const all = paths(object).filter((path) => !kept.has(path.join(".")));
  const path = all[index % Math.max(all.length, 1)];
  if (path === undefined) return;
  const last = path.at(-1) as string | number;
  const parent = at(object, path.slice(0, -1));
  const old = at(object, path);
  const known = typeof old === "string" ? (elsewhere.get(fieldOf(path)) ?? []) : [];
  const choice = [...values(old), ...known];
  const set = choice[value % choice.length] as Json;
  if (Array.isArray(parent)) {
    if (how === "remove") parent.splice(last as number, 1);
    else if (how === "repeat") parent.push(copyOf(old));
    else parent[last as number] = set;
  } else if (how === "remove") delete (parent as Record<string, Json>)[last];
  else (parent as Record<string, Json>)[last] = set;
}
