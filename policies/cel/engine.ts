import { Environment, type RegisterVariableOptions } from "@marcbachmann/cel-js";
import { own, Sets } from "./library.ts";
import { kindred, narrowed } from "./narrowing.ts";
import { Quantity } from "./quantity.ts";
import { callIn, callOurs, type Node, nodesOf, ours } from "./syntax.ts";

/** What an expression must yield; `dyn` is anything. */
export type Type = "bool" | "string" | "dyn";

/** A parsed expression that nobody has type-checked yet. */
type Parsed = ReturnType<Environment["parse"]>;

const ownCalls: ReadonlySet<string> = new Set(Object.keys(own).map(callOf));

const environment = serverEnvironment();
// A rule cannot name it: it stands in narrowed expressions alone.
const narrowEnvironment = environment.clone().registerVariable(kindred, "map");

/** As the API server: https://kubernetes.io/docs/reference/using-api/cel/. */
function serverEnvironment(variables: RegisterVariableOptions = { type: "map" }): Environment {
  const made = new Environment({ homogeneousAggregateLiterals: true, enableOptionalTypes: true })
    .registerVariable("object", "dyn")
    .registerVariable("neighbours", "list")
    .registerVariable("objects", "list")
    .registerVariable("params", "dyn")
    .registerVariable("variables", variables)
    .registerType("kubernetes.Quantity", Quantity)
    .registerType("Sets", Sets)
    .registerConstant("sets", "Sets", new Sets());
  for (const [signature, evaluate] of Object.entries(own))
    made.registerFunction(signature.replace(/\w+(?=\()/, `${ours}$&`), evaluate, { async: false });
  return made;
}

/** Which of the functions of one name: `string.split(string, int): …` is `rcall split 2`. */
export function callOf(signature: string): string {
  const [, receiver, name = "", given = ""] = /^(?:(.+)\.)?(\w+)\((.*)\)/.exec(signature) ?? [];
  return callKey(receiver === undefined ? "call" : "rcall", name, given === "" ? 0 : given.split(",").length);
}

/** A call by its node's operator, its name and how much it is given. */
export function callKey(op: string, name: string, given: number): string {
  return `${op} ${name} ${given}`;
}

/** Parses an expression, whose calls then go to our own functions where there are such. Throws when it is no CEL. */
function parsed(expression: string, by = environment): Parsed {
  const made = by.parse(expression);
  for (const node of nodesOf(made.ast)) {
    const call = callIn(node);
    if (call && ownCalls.has(callKey(node.op, call.name, call.given.length))) callOurs(node);
  }
  return made;
}

/** Parses and type-checks an expression. Throws when it is no CEL or cannot yield that type. */
export function typeChecked(expression: string, type: Type): Parsed {
  const made = parsed(expression);
  const { valid, type: yielded, error } = made.check();
  if (!valid) throw inItsWords(error);
  if (type !== "dyn" && yielded !== "dyn" && yielded !== type)
    throw new Error(`yields ${yielded}, not ${type}`);
  return made;
}

/** The expression that yields the same and goes through as few neighbours as it can; `ast` is that of the expression. */
export function narrowlyParsed(expression: string, ast: Parsed["ast"]): Parsed {
  return parsed(narrowed(expression, ast), narrowEnvironment);
}

/** What an expression is made of, type-checked as far as it goes, and what is wrong with it at which character. */
interface Checked {
  /** Absent when it does not parse. */
  readonly root?: Node;
  readonly flaw?: { readonly at: number; readonly message: string };
}

/** The types of variables, by their names. */
export type VariableTypes = Readonly<Record<string, string>>;

const typedEnvironments = new Map<string, Environment>();

/** In which each variable is of its own type, as the API server holds it. It can check expressions, and evaluate none. */
function typedEnvironment(types: VariableTypes): Environment {
  const key = JSON.stringify(types);
  const made = typedEnvironments.get(key) ?? serverEnvironment({ schema: types });
  typedEnvironments.set(key, made);
  return made;
}

/** The type that the API server gives a variable of that type: it knows no optional and no quantity there. */
export function variableType(type: string): string {
  return /^(bool|int|double|string|dyn|list<|map<)/.test(type) && !/optional|kubernetes/.test(type)
    ? type
    : "dyn";
}

/** Parses and type-checks an expression, which must yield that type. */
export function checked(expression: string, type: Type, types: VariableTypes): Checked {
  try {
    const made = parsed(expression, typedEnvironment(types));
    const root: Node = made.ast;
    const { valid, type: yielded, error } = made.check();
    if (!valid) return { root, flaw: flawOf(error) };
    if (type === "dyn" || yielded === type) return { root };
    // The API server tells at the object whether a condition is one, and takes no such message.
    if (type === "bool" && yielded === "dyn") return { root };
    const remedy = yielded === "dyn" ? "write string(…)" : "mend it";
    return { root, flaw: { at: 0, message: `yields ${yielded}, and must yield ${type}; ${remedy}` } };
  } catch (error) {
    return { flaw: flawOf(error) };
  }
}

function flawOf(error: unknown): { at: number; message: string } {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  return { at: range?.start ?? 0, message: `${(summary ?? String(error)).replaceAll(ours, "")}; mend it` };
}

/** An error with the names of functions that the expression has. */
export function inItsWords(error: unknown): unknown {
  if (error instanceof Error && error.message.includes(ours))
    error.message = error.message.replaceAll(ours, "");
  return error;
}
