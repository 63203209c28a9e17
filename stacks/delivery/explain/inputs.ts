import type { z } from "zod";
import type { ApiReference, Call, Environment, Patch } from "../../../constructs/index.ts";
import { at, type Path } from "./path.ts";
import { innerSchema, isChoice, mayGo, omittedFields, others, samples } from "./variants.ts";

/** Everything that decides on a rendered service, as one tree of data: calls are unfolded. */
export interface Inputs {
  /** The service that is rendered. */
  readonly target: string;
  readonly environment: Environment;
  readonly services: Readonly<Record<string, { readonly description: Description }>>;
}

type Description = Readonly<Record<string, unknown>>;

/** Something that a person wrote or left out, and what may stand there instead. */
export interface Input {
  readonly path: Path;
  readonly value: unknown;
  readonly omitted: boolean;
  readonly changes: readonly Change[];
}

export type Change = (inputs: Inputs) => Inputs;

/** Whether a part of a tree stands where it may also be left out. */
type Presence = "must stay" | "may go";

/** Everything beneath a place, the outer before the inner. */
export function inputsBeneath(
  root: Inputs,
  path: Path,
  schema: z.ZodType | undefined,
  presence: Presence,
): Input[] {
  const value = at(root, path);
  const dropping = presence === "may go" ? [without(path)] : [];
  if (Array.isArray(value))
    return [
      ...input(path, value, dropping),
      ...value.flatMap((_, index) =>
        inputsBeneath(root, [...path, index], innerSchema(schema, value, index), "may go"),
      ),
    ];
  if (!isPlain(value))
    return input(path, value, [...dropping, ...others(value, schema).map((other) => withValue(path, other))]);
  const choices = isChoice(schema) ? otherKinds(value, schema as z.ZodType) : [];
  return [
    ...(choices.length > 0
      ? input([...path, "kind"], value.kind, [...dropping, ...choices.map((other) => withValue(path, other))])
      : input(path, value, dropping)),
    ...Object.keys(value)
      .filter((key) => key !== "kind" || choices.length === 0)
      .flatMap((key) => {
        const presence = mayGo(schema, value, key) ? "may go" : "must stay";
        return inputsBeneath(root, [...path, key], innerSchema(schema, value, key), presence);
      }),
    ...omitted(path, value, schema),
  ];
}

function input(path: Path, value: unknown, changes: Input["changes"]): Input[] {
  return changes.length === 0 ? [] : [{ path, value, omitted: false, changes }];
}

/** What could be written and is not; of an object that is left out, each of its fields. */
function omitted(path: Path, value: unknown, schema: z.ZodType | undefined): Input[] {
  return omittedFields(schema, value).flatMap(([name, field]) => {
    const inner = [...path, name];
    const fields = isChoice(field) ? [] : omitted(inner, undefined, field);
    if (fields.length > 0) return fields;
    const changes = samples(field).map((sample) => withValue(inner, sample));
    return changes.length === 0 ? [] : [{ path: inner, value: undefined, omitted: true, changes }];
  });
}

function otherKinds({ kind }: Record<string, unknown>, schema: z.ZodType): unknown[] {
  return samples(schema).filter((sample) => (sample as Record<string, unknown>).kind !== kind);
}

/** The tree with another value at a place; what is missing on the way is made. */
export function withValue(path: Path, value: unknown): Change {
  return (tree) => replaced(tree, path, value) as Inputs;
}

/** The tree without what stands at a place. */
export function without(path: Path): Change {
  return (tree) => replaced(tree, path, undefined) as Inputs;
}

/** The tree with another name of a service, which its callers and the environment then use as well. */
export function renamed(before: string, after: string): Change {
  const name = (one: string) => (one === before ? after : one);
  const named = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [name(key), value]));
  return ({ target, environment, services }) => {
    const image = services[before]?.description.image === undefined && environment.images[before];
    return {
      target: name(target),
      environment: {
        ...environment,
        images: { ...environment.images, ...(image && { [after]: image }) },
        sizing: named(environment.sizing),
        ...(environment.rehearsals && {
          rehearsals: environment.rehearsals.map((one) => ({
            ...one,
            from: name(one.from),
            to: name(one.to),
          })),
        }),
      },
      services: named(
        Object.fromEntries(
          Object.entries(services).map(([key, { description }]) => [
            key,
            { description: recalling(description, name) },
          ]),
        ),
      ),
    };
  };
}

function recalling(description: Description, name: (one: string) => string): Description {
  const calls = description.calls as readonly Call[] | undefined;
  const patches = description.patches as readonly Patch[] | undefined;
  return {
    ...description,
    ...(calls && {
      calls: calls.map((call) => ({ ...call, api: referenceTo(name(call.api.service), call.api) })),
    }),
    ...(patches && { patches: patches.map((patch) => ({ ...patch, name: name(patch.name) })) }),
  };
}

/** A reference of the same class, of which there are two: the shop is loaded twice. */
export function referenceTo(
  service: string,
  reference: ApiReference,
  external = reference.external,
): ApiReference {
  return new (reference.constructor as typeof ApiReference)(service, external);
}

function replaced(tree: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const inner = replaced(at(tree, [step]), rest, value);
  if (Array.isArray(tree))
    return tree.flatMap((one, index) => (index !== step ? [one] : inner === undefined ? [] : [inner]));
  // Fields keep their order, for a rendered list may follow it.
  const fields = new Map(Object.entries(tree ?? {})).set(String(step), inner);
  return Object.fromEntries([...fields].filter(([, field]) => field !== undefined));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether a path leads into what another one leads to. */
export function isWithin(inner: Path, outer: Path): boolean {
  return inner.length > outer.length && outer.every((step, index) => step === inner[index]);
}
