import { Environment } from "@marcbachmann/cel-js";

/** What an expression can read. */
export interface Scope {
  readonly object: unknown;
  readonly neighbours: readonly unknown[];
  readonly objects: readonly unknown[];
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A parsed expression; throws when it cannot be evaluated. */
export type Expression = (scope: Scope) => unknown;

// flatten and sum are Kubernetes' names for what cel-js lacks.
const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
  .registerVariable("object", "dyn")
  .registerVariable("neighbours", "list")
  .registerVariable("objects", "list")
  .registerVariable("variables", "map")
  .registerFunction("list.flatten(): list<dyn>", (lists: unknown[]) => lists.flat())
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
  if (typeof value === "object" && value !== null) return celMap(value);
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}

function celMap(value: object): Record<string, unknown> {
  const present = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(present.map(([key, field]) => [key, celValue(field)]));
}
