import { Environment } from "@marcbachmann/cel-js";
import type { Rule } from "./rule.ts";

/** What an expression can read. */
export interface Scope {
  readonly object: unknown;
  readonly neighbours: readonly unknown[];
  readonly objects: readonly unknown[];
  readonly params: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A parsed expression; throws when it cannot be evaluated. */
export type Expression = (scope: Scope) => unknown;

// As the API server: https://kubernetes.io/docs/reference/using-api/cel/. sum is Kubernetes' own, which cel-js lacks.
const environment = new Environment({ homogeneousAggregateLiterals: true, enableOptionalTypes: true })
  .registerVariable("object", "dyn")
  .registerVariable("neighbours", "list")
  .registerVariable("objects", "list")
  .registerVariable("params", "dyn")
  .registerVariable("variables", "map")
  .registerFunction("list.sum(): int", (numbers: bigint[]) => numbers.reduce((total, n) => total + n, 0n));

/** Parses and type-checks an expression once. Throws when it is no CEL or cannot yield that type. */
export function parse(expression: string, type: "bool" | "string" | "dyn"): Expression {
  const parsed = environment.parse(expression);
  const checked = parsed.check();
  if (!checked.valid) throw checked.error;
  if (type !== "dyn" && checked.type !== "dyn" && checked.type !== type)
    throw new Error(`yields ${checked.type}, not ${type}`);
  return (scope) => typed(parsed(scope), type);
}

function typed(value: unknown, type: "bool" | "string" | "dyn"): unknown {
  const expected = { bool: "boolean", string: "string", dyn: typeof value }[type];
  if (typeof value !== expected) throw new Error(`yields ${typeof value}, not ${type}`);
  return value;
}

/** A JSON value as CEL reads it: whole numbers are int, and a null field is absent. */
export function celValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value === "object" && value !== null) return celMap(value as Record<string, unknown>);
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}

function celMap(map: Record<string, unknown>): Record<string, unknown> {
  const present: Record<string, unknown> = {};
  for (const name of Object.keys(map)) {
    const field = map[name];
    // No field of Kubernetes is called __proto__, and setting it would give the map fields that nobody wrote.
    if (field !== null && field !== undefined && name !== "__proto__") present[name] = celValue(field);
  }
  return present;
}

/** Whether a rule reads what the API server does not have: the objects beside the one under judgement. */
export function readsNeighbours({ variables = [], validations }: Rule): boolean {
  const expressions = [
    ...variables.map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression]),
  ];
  return expressions.some((expression) =>
    identifiers(environment.parse(expression).ast).some(
      (name) => name === "neighbours" || name === "objects",
    ),
  );
}

function identifiers(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(identifiers);
  if (typeof node !== "object" || node === null || !("op" in node && "args" in node)) return [];
  return node.op === "id" ? [String(node.args)] : identifiers(node.args);
}
