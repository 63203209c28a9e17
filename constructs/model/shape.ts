import { type ZodRawShape, type ZodType, z } from "zod";
import { didYouMean, type Problem, printable } from "./problem.ts";

/** A problem of one field that its schema found. */
export type SchemaProblem = Omit<Problem, "service">;

/** What a schema says against a value, in the words of our problems. */
export function schemaProblems(field: string, schema: ZodType, value: unknown): SchemaProblem[] {
  try {
    const { error } = schema.safeParse(value);
    return (error?.issues ?? []).flatMap((issue) => issueProblems(field, issue, value));
  } catch (error) {
    // A getter that throws, a proxy that was revoked: nothing that a schema could answer to.
    return [unreadable(field, error)];
  }
}

/** The problem of a field whose value cannot even be looked at. */
export function unreadable(field: string, error: unknown): SchemaProblem {
  return { field, rule: `cannot be read: ${reason(error)}`, remedy: "give it plain values" };
}

/** What an error says, on one line and without the sign that parts rule and remedy. */
export function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : error;
  return printable(text).replaceAll("; ", ", ");
}

/**
 * An object of exactly these fields; a mistyped one is answered with the field that was meant. `otherwise` is the rule and
 * the remedy where there is no object: `must be an API; write api: rest({ port: 3000 })`.
 */
export function fields<Shape extends ZodRawShape>(shape: Shape, otherwise?: string) {
  // The message is no text for people: it carries the known names to where the problem is worded.
  return z.strictObject(shape, {
    error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(shape).join(" ") : otherwise),
  });
}

/** An object of fields whose names are the writer's own. */
export function record<Value extends ZodType>(names: z.ZodType<string, string>, values: Value) {
  return z
    .unknown()
    .refine((value) => !keptNames.some((name) => isObject(value) && Object.hasOwn(value, name)), {
      error: "must have no field constructor or __proto__, which JavaScript keeps for itself; rename it",
      abort: true,
    })
    .pipe(z.record(names, values));
}

// zod passes over the one, and cdk8s takes the other for a class.
const keptNames = ["__proto__", "constructor"];

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function issueProblems(field: string, issue: z.core.$ZodIssue, value: unknown): SchemaProblem[] {
  const path = fieldPath(field, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: fieldPath(path, [key]),
      rule: "is no such field",
      remedy: didYouMean(key, issue.message.split(" "), "take it out"),
    }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => {
      const { rule, remedy } = ruleAndRemedy(inner);
      return { field: path, rule: `has a name that ${rule}`, remedy };
    });
  }
  return [{ field: path, ...held(issue, value) }];
}

/** A value against its rule, or its absence. */
export function stated(value: unknown, rule: string): Pick<SchemaProblem, "value" | "rule"> {
  return value === undefined ? { rule: `is missing: it ${rule}` } : { value, rule: `but ${rule}` };
}

function held(issue: z.core.$ZodIssue, value: unknown): Omit<SchemaProblem, "field"> {
  const { rule, remedy } = ruleAndRemedy(issue);
  const found = at(value, issue.path);
  if (found.stands && found.value === undefined) return { rule: `is undefined, but ${rule}`, remedy };
  if (found.within === "function") return { rule, remedy };
  return { ...stated(found.value, rule), remedy };
}

function ruleAndRemedy(issue: z.core.$ZodIssue): Pick<SchemaProblem, "rule" | "remedy"> {
  const [rule, remedy] = issue.message.split("; ", 2);
  if (rule !== undefined && remedy !== undefined) return { rule, remedy };
  if (issue.code === "invalid_type") return typeProblem[issue.expected] ?? typeProblem.object;
  const choices = choicesOf(issue);
  return {
    rule: `must be ${choices.join(" or ")}`,
    remedy: choices.length > 1 ? "choose one of them" : `write ${choices[0]}`,
  };
}

const typeProblem: Record<string, Pick<SchemaProblem, "rule" | "remedy">> &
  Record<"object", Pick<SchemaProblem, "rule" | "remedy">> = {
  string: { rule: "must be a string", remedy: "write text in quotes" },
  array: { rule: "must be an array", remedy: "write a list in brackets" },
  object: { rule: "must be an object", remedy: "write fields in braces" },
};

/** The values that a literal or a discriminator may have. */
function choicesOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value));
  if (issue.code === "invalid_union" && "options" in issue)
    return (issue.options as unknown[]).map((value) => JSON.stringify(value));
  return [];
}

/** `jobs.nightly.args[0]`; a key that is no plain name stands in brackets and quotes. */
function fieldPath(field: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    return /^[\w-]{1,64}$/.test(name) ? `${text}.${name}` : `${text}[${JSON.stringify(printable(name))}]`;
  }, field);
}

interface Found {
  readonly value: unknown;
  /** Whether the field is written down, if only as `undefined`. */
  readonly stands: boolean;
  readonly within: "data" | "function";
}

function at(value: unknown, path: readonly PropertyKey[]): Found {
  const isFunction = typeof value === "function";
  const start: Found = {
    value: isFunction && path.length === 0 ? undefined : unfolded(value),
    stands: false,
    within: isFunction ? "function" : "data",
  };
  return path.reduce<Found>(({ value: outer }, part) => {
    const inside = isObject(outer) && Object.hasOwn(outer, part);
    return {
      value: inside ? (outer as Record<PropertyKey, unknown>)[part] : undefined,
      stands: inside,
      within: "data",
    };
  }, start);
}

/** What a function declares (`calls`), for the value that a message shows. */
function unfolded(value: unknown): unknown {
  if (typeof value !== "function") return value;
  try {
    return value();
  } catch {
    return undefined;
  }
}

const notADay = "must be a day; write for example 2027-01-31";

/** A day of the calendar, such as `2027-01-31`. */
export const day = z
  .string(notADay)
  .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text), notADay);

/** The 31st of February is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
