import type { ZodType, z } from "zod";
import type { Problem } from "./problem.ts";

/** A problem of one field that its schema found. */
export type SchemaProblem = Omit<Problem, "service">;

/** What a schema says against a value, in the words of our problems. */
export function schemaProblems(field: string, schema: ZodType, value: unknown): SchemaProblem[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => issueProblems(field, issue, value));
}

function issueProblems(field: string, issue: z.core.$ZodIssue, value: unknown): SchemaProblem[] {
  const path = fieldPath(field, issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: fieldPath(path, [key]),
      rule: "is no such field",
      remedy: "take it out",
    }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => ({ field: path, ...ruleAndRemedy(inner) }));
  }
  const found = at(value, issue.path);
  return [
    {
      field: path,
      ...(found === undefined ? {} : { value: found }),
      ...ruleAndRemedy(issue, found === undefined),
    },
  ];
}

function ruleAndRemedy(issue: z.core.$ZodIssue, missing = false): Pick<SchemaProblem, "rule" | "remedy"> {
  const [rule, remedy] = issue.message.split("; ", 2);
  if (rule !== undefined && remedy !== undefined)
    return { rule: missing ? `is missing, but ${rule}` : `but ${rule}`, remedy };
  if (missing) return { rule: `is missing${expectation(issue)}`, remedy: "add it" };
  return { rule: `but is not allowed here${expectation(issue)}`, remedy: "see the field's documentation" };
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `: it must be ${article(issue.expected)}`;
  if (issue.code === "invalid_value")
    return `: it must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  if (issue.code === "invalid_union" && "options" in issue)
    return `: it must be one of ${JSON.stringify(issue.options)}`;
  return "";
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function fieldPath(field: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    field,
  );
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    unfolded(value),
  );
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
