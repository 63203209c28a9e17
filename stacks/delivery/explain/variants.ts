import { Duration, JsonPatch, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import type { z } from "zod";
import { mebibytes, millicores, milliseconds } from "../../../constructs/model/units.ts";

/** Other values of the same type, the likeliest to be accepted first. */
export function others(value: unknown, schema: z.ZodType | undefined): readonly unknown[] {
  const choices = schema ? samples(schema).filter(isScalar) : [];
  return [...nearby(value), ...choices].filter((other) => spelled(other) !== spelled(value));
}

function nearby(value: unknown): unknown[] {
  if (typeof value === "number")
    return value > 0 && value < 1 ? [value / 2, (value + 1) / 2] : [value + 1, value * 2 + 1, value - 1];
  if (typeof value === "string") return textsNear(value);
  if (typeof value === "boolean") return [!value];
  if (value instanceof Duration) return amountsNear(milliseconds(value), Duration.millis, 1000, 1);
  if (value instanceof Size) return amountsNear(mebibytes(value), Size.mebibytes, 1);
  if (value instanceof Cpu) return amountsNear(millicores(value), Cpu.millis, 1);
  // A patch must do something, so the only operation of one cannot just go.
  if (value instanceof JsonPatch) return [JsonPatch.copy("/kind", "/kind")];
  return [];
}

/** A little more, twice as much, a little less: one of them fits between the bounds of whatever it meets. */
function amountsNear(amount: number, make: (amount: number) => unknown, ...steps: number[]): unknown[] {
  const near = [
    ...steps.map((step) => amount + step),
    amount * 2,
    ...steps.map((step) => amount - step),
    amount / 2,
  ];
  return near.filter((one) => one >= 0 && Number.isInteger(one)).map((one) => make(one));
}

/** Longer, or another last sign: that of a digest is a hexadecimal digit, that of a range of addresses a number. */
function textsNear(text: string): string[] {
  const ends = ["x", "0", "1", "8"].filter((sign) => !text.endsWith(sign));
  return [`${text}x`, ...ends.map((sign) => text.slice(0, -1) + sign)];
}

/** Values that a schema accepts, as different as it lets them be. */
export function samples(schema: z.ZodType): readonly unknown[] {
  return candidates(schema).filter((value) => schema.safeParse(value).success);
}

function candidates(schema: z.ZodType): readonly unknown[] {
  const definition = definitionOf(schema);
  if (definition.type === "optional") return candidates(definition.innerType);
  if (definition.type === "pipe") return candidates(definition.out);
  if (definition.type === "literal") return definition.values;
  if (definition.type === "union") return inTurn(definition.options.map(samples));
  if (definition.type === "array") return samples(definition.element).map((element) => [element]);
  if (definition.type === "record")
    return samples(definition.valueType).flatMap((value) => names.map((name) => ({ [name]: value })));
  if (definition.type === "object") return objects(definition.shape);
  return scalars;
}

/** The first of each list, then the second of each. */
function inTurn<Value>(lists: readonly (readonly Value[])[]): Value[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => index).flatMap((index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  );
}

/** What a schema is made of. https://zod.dev/packages/core#internals */
type Definition =
  | { readonly type: "optional"; readonly innerType: z.ZodType }
  | { readonly type: "pipe"; readonly out: z.ZodType }
  | { readonly type: "literal"; readonly values: readonly unknown[] }
  | { readonly type: "union"; readonly options: readonly z.ZodType[] }
  | { readonly type: "array"; readonly element: z.ZodType }
  | { readonly type: "record"; readonly valueType: z.ZodType }
  | { readonly type: "object"; readonly shape: Readonly<Record<string, z.ZodType>> }
  | { readonly type: "custom" | "string" | "number" };

function definitionOf(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

/** An object of what must be there, and others of which one field is another one or one more. */
function objects(shape: Readonly<Record<string, z.ZodType>>): Record<string, unknown>[] {
  const fields = Object.entries(shape).map(([name, field]) => ({ name, values: samples(field), field }));
  const required = fields.filter(({ field }) => !isOptional(field));
  const least = Object.fromEntries(required.map(({ name, values }) => [name, values[0]]));
  const more = fields.flatMap(({ name, values }) => values.map((value) => ({ ...least, [name]: value })));
  return [least, ...more];
}

function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success || definitionOf(schema).type === "optional";
}

const names = ["sample", "SAMPLE"];

/** Every schema of the model takes at least two of these, or is told so by a test. */
const scalars: readonly unknown[] = [
  ...[2, 7, 3500, 0.5, 0.25],
  ...["sample", "SAMPLE", "/sample", "7 * * * *", "10.99.0.0/24", `sample@sha256:${"0".repeat(64)}`],
  ...[Duration.millis(300), Duration.seconds(7), Duration.seconds(35), Duration.minutes(11)],
  ...[Size.mebibytes(48), Size.gibibytes(3)],
  ...[Cpu.millis(35), Cpu.millis(3500)],
];

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function spelled(value: unknown): string {
  return JSON.stringify(value);
}

/** The schema of a field of an object, of an element, or of an entry; of a choice that fits the value. */
export function innerSchema(
  schema: z.ZodType | undefined,
  value: unknown,
  key: string | number,
): z.ZodType | undefined {
  const fitting = schema && chosen(schema, value);
  if (!fitting) return undefined;
  const definition = definitionOf(fitting);
  if (definition.type === "array") return definition.element;
  if (definition.type === "record") return definition.valueType;
  return definition.type === "object" ? definition.shape[key] : undefined;
}

/** Whether a field is optional, or an entry of a record. */
export function mayGo(schema: z.ZodType | undefined, value: unknown, key: string): boolean {
  const fitting = schema && chosen(schema, value);
  if (!fitting) return false;
  const definition = definitionOf(fitting);
  if (definition.type === "record") return true;
  return (
    definition.type === "object" && definition.shape[key] !== undefined && isOptional(definition.shape[key])
  );
}

/** The optional fields that a value leaves out. */
export function omittedFields(
  schema: z.ZodType | undefined,
  value: unknown,
): [name: string, schema: z.ZodType][] {
  const fitting = schema && chosen(schema, value);
  const definition = fitting && definitionOf(fitting);
  if (definition?.type !== "object") return [];
  return Object.entries(definition.shape).filter(
    ([name, field]) =>
      isOptional(field) && (value as Record<string, unknown> | undefined)?.[name] === undefined,
  );
}

/** Of several choices, the one that fits the value; without a value, none. */
function chosen(schema: z.ZodType, value: unknown): z.ZodType | undefined {
  const definition = definitionOf(schema);
  if (definition.type === "optional") return chosen(definition.innerType, value);
  if (definition.type === "pipe") return chosen(definition.out, value);
  if (definition.type !== "union") return schema;
  return definition.options.find((option) => option.safeParse(value).success);
}

/** Whether a schema is a choice between kinds. */
export function isChoice(schema: z.ZodType | undefined): boolean {
  if (!schema) return false;
  const definition = definitionOf(schema);
  return definition.type === "optional" ? isChoice(definition.innerType) : definition.type === "union";
}
