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

/** A path to some field or element of a value; the empty path is the value itself. */
function paths(value: Json, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value ?? {});
  if (typeof value !== "object") return [at];
  return [...(at.length > 0 ? [at] : []), ...below.flatMap(([key, child]) => paths(child, [...at, key]))];
}

type Change = { readonly at: number; readonly how: "remove" | "set" | "repeat"; readonly value: number };

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("remove", "set", "set", "repeat"),
  value: fc.nat(),
});

/** One of the objects, changed in one to three places. */
export function mutated<T extends object>(objects: readonly T[]): fc.Arbitrary<T> {
  return fc
    .tuple(fc.constantFrom(...objects), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([object, changes]) => {
      const copy = copyOf(object as unknown as Json);
      for (const each of changes) apply(copy, each);
      return copy as unknown as T;
    });
}

/** structuredClone gives arrays of another realm within Jest, and cel-js takes those for no lists. */
function copyOf(value: Json): Json {
  return JSON.parse(JSON.stringify(value));
}

function apply(object: Json, { at, how, value }: Change): void {
  const all = paths(object).filter(([first]) => first === "spec" || first === "data" || first === "rules");
  const path = all[at % Math.max(all.length, 1)];
  if (path === undefined) return;
  const last = path.at(-1) as string | number;
  const parent = path
    .slice(0, -1)
    .reduce<Json>((node, key) => (node as Record<string, Json>)[key] as Json, object);
  const old = (parent as Record<string, Json>)[last] as Json;
  const choice = values(old);
  const set = choice[value % choice.length] as Json;
  if (Array.isArray(parent)) {
    if (how === "remove") parent.splice(last as number, 1);
    else if (how === "repeat") parent.push(copyOf(old));
    else parent[last as number] = set;
  } else if (how === "remove") delete (parent as Record<string, Json>)[last];
  else (parent as Record<string, Json>)[last] = set;
}
