import { type ResolvedService, resolve } from "../../constructs/index.ts";
import { withSizing } from "../../constructs/model/resolve.ts";
import { type ProvenShop, proofs } from "../../test/proofs.ts";
import type { Content, Field } from "./fields.ts";

/** How far a field is proven, and by which services. */
interface FieldProof {
  readonly level: string;
  readonly services: readonly string[];
}

/** The proof of each thing that can be written: a field, a choice of a union, a value among several. */
export type FieldProofs = ReadonlyMap<string, FieldProof>;

/** What a reader is told where no test sets a field. A test sees to it that this is never printed. */
export const unproven = "not proven at all";

/** The fields of everything that is written: of descriptions, environments and externals. */
export interface Written {
  readonly description: readonly Field[];
  readonly environment: readonly Field[];
  readonly external: readonly Field[];
}

/** The strongest proof of every field that is written, from the shops that the tests use. */
export function fieldProofs(written: Written): FieldProofs {
  const found = new Map<string, { readonly level: string; readonly services: string[] }>();
  for (const { key, level, service } of claims(written)) {
    const known = found.get(key) ?? { level, services: [] };
    found.set(key, known);
    // The levels come from the strongest to the weakest, so what is known already counts.
    if (service && known.level === level && !known.services.includes(service)) known.services.push(service);
  }
  return found;
}

interface Claim {
  readonly key: string;
  readonly level: string;
  readonly service?: string;
}

function* claims(written: Written): Iterable<Claim> {
  for (const { level, shops } of proofs)
    for (const shop of shops()) {
      for (const one of set(shop, written)) yield { level, ...one };
      for (const key of keysSet(shop.environment, written.environment, "environment.")) yield { key, level };
    }
}

/** What the services of a shop say, and of what is outside it. */
function* set(shop: ProvenShop, { description, external }: Written): Iterable<Omit<Claim, "level">> {
  for (const { name: service, fields, resolved } of settled(shop)) {
    for (const key of keysSet(fields, description, "")) yield { key, service };
    for (const key of choicesTaken(resolved, description)) yield { key, service };
    for (const { api } of fields.calls?.() ?? [])
      for (const key of keysSet(api.external ?? {}, external, "external.")) yield { key, service };
  }
}

/** The descriptions with the environment's own sizes: what those replace is not rendered, and so not proven. */
function settled({ services, environment }: ProvenShop) {
  const resolved = new Map(resolve(services, environment).map((service) => [service.name, service]));
  return services.map(({ name, description }) => ({
    name,
    fields: withSizing(description, name, environment),
    resolved: resolved.get(name) as ResolvedService,
  }));
}

/** What a service left out was chosen for it: `rollout` without a word is rolling, and runs as such. */
function* choicesTaken(service: ResolvedService, fields: readonly Field[]): Iterable<string> {
  for (const { name, content } of fields.filter(({ content }) => content.kind === "union")) {
    const keys = keysWithin(service[name as keyof ResolvedService], content, name);
    yield* [...keys].filter((key) => key.endsWith("}"));
  }
}

/** The key of every field that a value sets. */
function* keysSet(value: object, fields: readonly Field[], prefix: string): Iterable<string> {
  for (const { name, content } of fields) {
    const held = (value as Record<string, unknown>)[name];
    if (held === undefined) continue;
    const key = prefix + name;
    yield key;
    yield* keysWithin(held, content, key);
  }
}

function* keysWithin(value: unknown, content: Content, key: string): Iterable<string> {
  if (content.kind === "choices") yield choiceKey(key, JSON.stringify(value));
  if (content.kind === "function") yield* keysWithin((value as () => unknown)(), content.of, key);
  if (content.kind === "list")
    for (const element of value as unknown[]) yield* keysWithin(element, content.of, `${key}[]`);
  if (content.kind === "record")
    for (const named of Object.values(value as object)) yield* keysWithin(named, content.of, `${key}.<name>`);
  if (content.kind === "object") yield* keysSet(value as object, content.fields, `${key}.`);
  if (content.kind === "union")
    for (const { kind, fields } of content.variants.filter((one) => one.kind === kindOf(value))) {
      yield variantKey(key, kind);
      yield* keysSet(value as object, fields, `${variantKey(key, kind)}.`);
    }
}

function kindOf(value: unknown): string {
  return JSON.stringify((value as { kind: string }).kind);
}

/** Of one value among several. */
export function choiceKey(key: string, choice: string): string {
  return `${key}=${choice}`;
}

/** Of one choice of a union. */
export function variantKey(key: string, kind: string): string {
  return `${key}{${kind}}`;
}
