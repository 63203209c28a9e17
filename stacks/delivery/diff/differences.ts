import type { Manifest, RequiredSecret } from "../../../constructs/kubernetes/manifest.ts";
import { type Effect, effectsOfAddition, effectsOfChange, effectsOfRemoval, orderCounts } from "./effects.ts";
import { type FieldChange, fieldChanges } from "./fields.ts";
import type { JsonObject } from "./json.ts";
import { asWished, groupKind, hideSecrets, identity, type ObjectName, objectName, stem } from "./object.ts";

/** The objects of a service, rendered here or read from YAML. */
export interface ServiceObjects {
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** Omitted: not known, and then not compared. */
  readonly secrets?: readonly Pick<RequiredSecret, "name" | "namespace" | "type" | "keys">[];
}

/** How one object differs. No value of a Secret is in it. */
export type ObjectDifference = {
  readonly object: ObjectName;
  readonly effects: readonly Effect[];
} & (
  | { readonly kind: "added" | "removed"; readonly manifest: JsonObject }
  | { readonly kind: "changed"; readonly changes: readonly FieldChange[] }
  /** Its name is made from its content, and so it is another object than `before`. */
  | { readonly kind: "replaced"; readonly before: ObjectName; readonly changes: readonly FieldChange[] }
);

/** What differs in a service. */
export interface ServiceDifferences {
  readonly name: string;
  /** The whole service comes or goes. */
  readonly kind: "added" | "removed" | "changed";
  readonly objects: readonly ObjectDifference[];
}

/**
 * What differs between two renderings, by service, services without a difference left out. What Kubernetes takes for
 * the same is the same: the order of fields and of items with merge keys, `1000m` and `1`, null and nothing.
 */
export function differences(
  before: readonly ServiceObjects[],
  after: readonly ServiceObjects[],
): readonly ServiceDifferences[] {
  const old = new Set(before.map(({ name }) => name));
  const fresh = new Set(after.map(({ name }) => name));
  const objects = Map.groupBy(compare(placed(before), placed(after)), ({ service }) => service);
  return [...new Set([...fresh, ...old])].flatMap((name) => {
    const found = objects.get(name)?.map(({ difference }) => difference) ?? [];
    const kind = !old.has(name) ? "added" : fresh.has(name) ? "changed" : "removed";
    return found.length === 0 ? [] : [{ name, kind, objects: found }];
  });
}

/** An object with the service that it belongs to. */
interface Placed {
  readonly service: string;
  readonly object: ObjectName;
  readonly wish: JsonObject;
}

function placed(services: readonly ServiceObjects[]): Map<string, Placed> {
  const all = services.flatMap(({ name, manifests, secrets = [] }) =>
    [...manifests, ...secrets.map(requirement)].map((manifest) => ({
      service: name,
      object: objectName(manifest),
      wish: asWished(manifest),
    })),
  );
  return new Map(all.map((one) => [identity(one.object), one]));
}

/** A Secret that must exist, as far as it is known: its type and its keys. */
function requirement({
  name,
  namespace,
  type,
  keys,
}: NonNullable<ServiceObjects["secrets"]>[number]): Manifest {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type, keys: [...keys].sort() };
}

interface PlacedDifference {
  readonly service: string;
  readonly difference: ObjectDifference;
}

function compare(before: Map<string, Placed>, after: Map<string, Placed>): PlacedDifference[] {
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, one]) => one);
  const successors = matchSuccessors(
    gone,
    [...after].filter(([key]) => !before.has(key)).map(([, one]) => one),
  );
  const predecessors = new Map([...successors].map(([old, fresh]) => [fresh, old]));
  const there = [...after].flatMap(([key, fresh]) => {
    const old = before.get(key) ?? predecessors.get(fresh);
    const difference = old ? change(old, fresh) : addition(fresh);
    return difference ? [{ service: fresh.service, difference }] : [];
  });
  const removed = gone
    .filter((old) => !successors.has(old))
    .map((old) => ({ service: old.service, difference: removal(old) }));
  return [...there, ...removed];
}

/** Pairs what goes with what comes in its place: the same name but for the digest of its content. */
function matchSuccessors(gone: readonly Placed[], come: readonly Placed[]): Map<Placed, Placed> {
  const candidates = Map.groupBy(come, kinship);
  const pairs = gone.flatMap((old) => {
    const fresh = kinship(old) === undefined ? undefined : candidates.get(kinship(old))?.shift();
    return fresh ? [[old, fresh] as const] : [];
  });
  return new Map(pairs);
}

/** The same text for objects that come after each other; nothing where a name is made from no content. */
function kinship({ service, object }: Placed): string | undefined {
  const name = stem(object.name);
  return name && JSON.stringify([service, groupKind(object), object.namespace, name]);
}

function change(old: Placed, fresh: Placed): ObjectDifference | undefined {
  const [before, after] = hideSecrets(old.wish, fresh.wish);
  const { object } = fresh;
  if (old.object.name !== object.name) {
    const [was, is] = [unnamed(before), unnamed(after)];
    const changes = fieldChanges(was, is, orderCounts(object));
    return { kind: "replaced", object, before: old.object, changes, effects: effectsOfAddition(object) };
  }
  const changes = fieldChanges(before, after, orderCounts(object));
  if (changes.length === 0) return undefined;
  return { kind: "changed", object, changes, effects: effectsOfChange(object, changes, before) };
}

function unnamed({ metadata, ...object }: JsonObject): JsonObject {
  const { name: _, ...others } = metadata as JsonObject;
  return { ...object, metadata: others };
}

function addition({ object, wish }: Placed): ObjectDifference {
  const [, manifest] = hideSecrets(wish, wish);
  return { kind: "added", object, manifest, effects: effectsOfAddition(object) };
}

function removal({ object, wish }: Placed): ObjectDifference {
  const [, manifest] = hideSecrets(wish, wish);
  return { kind: "removed", object, manifest, effects: effectsOfRemoval(object, wish) };
}
