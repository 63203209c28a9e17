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
