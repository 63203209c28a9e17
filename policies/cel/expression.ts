import type { Rule } from "../rule.ts";
import { inItsWords, narrowlyParsed, type Type, typeChecked } from "./engine.ts";
import { identifiersIn } from "./syntax.ts";

/** What an expression can read. */
export interface Scope {
  readonly object: unknown;
  readonly neighbours: readonly unknown[];
  readonly objects: readonly unknown[];
  readonly params: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A parsed expression. Throws when it cannot be evaluated, and NotYetKnown when it hangs on what is not known yet. */
export interface Expression {
  (scope: Scope): unknown;
  /** Names of the scope that stand in it. */
  readonly reads: ReadonlySet<string>;
}

const expressions = new Map<string, Expression>();

/** Parses and type-checks an expression, once for the process. Throws when it is no CEL or cannot yield that type. */
export function parse(expression: string, type: Type): Expression {
  const key = `${type} ${expression}`;
  const parsed = expressions.get(key) ?? parseAnew(expression, type);
  expressions.set(key, parsed);
  return parsed;
}

function parseAnew(expression: string, type: Type): Expression {
  const { ast } = typeChecked(expression, type);
  const reads = identifiersIn(ast);
  const evaluate = narrowlyParsed(expression, ast);
  const inScope = (scope: Scope) => {
    try {
      return typed(evaluate(scope), type);
    } catch (error) {
      throw inItsWords(error);
    }
  };
  return Object.assign(inScope, { reads });
}

function typed(value: unknown, type: Type): unknown {
  const expected = { bool: "boolean", string: "string", dyn: typeof value }[type];
  if (typeof value !== expected) throw new Error(`yields ${typeof value}, not ${type}`);
  return value;
}

/** Stands in an object for a value that only the deployment gives, and may yet turn out to be absent. */
export const notYetKnown: unique symbol = Symbol("known only after the deployment");

/** An expression read a value that is not known yet: `field` of `holder`, an object or a list as it was given. */
export class NotYetKnown extends Error {
  readonly holder: object;
  readonly field: string | number;

  constructor(holder: object, field: string | number) {
    super(`${field} is known only after the deployment`);
    this.holder = holder;
    this.field = field;
  }
}

/**
 * A JSON value as CEL reads it: whole numbers are int, and a null field is absent. Whoever reads what is not known yet
 * gets an error, which CEL drops where the result does not hang on it: `true || <error>` is true.
 */
export function celValue(value: unknown): unknown {
  return valueIn(value, isCustom(value) ? kept : emptied);
}

/** What stands for null in maps whose keys the user chooses, where a key is never absent, by the name of the map. */
type Empties = ReadonlyMap<string, string | null>;

const texts = ["labels", "annotations", "matchLabels", "nodeSelector", "data"];
const amounts = ["requests", "limits"];

/** What the API server reads there in a kind of its own. */
const emptied: Empties = new Map([
  ...texts.map((name) => [name, ""] as const),
  ...amounts.map((name) => [name, "0"] as const),
]);

/** In a custom resource null stays. */
const kept: Empties = new Map([...texts, ...amounts].map((name) => [name, null]));

function isCustom(value: unknown): boolean {
  const [group = ""] = String(Object(value).apiVersion).split("/");
  return group.includes(".") && !group.endsWith(".k8s.io");
}

function valueIn(value: unknown, empties: Empties, empty?: string | null): unknown {
  if (Array.isArray(value)) return listIn(value, empties);
  if (typeof value === "object" && value !== null)
    return mapIn(value as Record<string, unknown>, empties, empty);
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 63 ? BigInt(value as number) : value;
}

function listIn(list: readonly unknown[], empties: Empties): unknown[] {
  const empty = empties === kept ? null : elementEmpty(list);
  const elements = list.map((element) => valueIn(element ?? empty, empties));
  for (const [index, element] of elements.entries())
    if (element === notYetKnown) Object.defineProperty(elements, index, unreadable(list, index));
  return elements;
}

/** What the API server reads in place of null in a list of a kind of its own: the group that `apiGroups: [null]` names is the core group. */
function elementEmpty(list: readonly unknown[]): unknown {
  return list.some((element) => typeof element === "object" && element !== null) ? {} : "";
}

function mapIn(map: Record<string, unknown>, empties: Empties, empty?: string | null): object {
  const present: Record<string, unknown> = {};
  for (const name of Object.keys(map)) {
    const field = map[name] ?? empty;
    // No field of Kubernetes is called __proto__, and setting it would give the map fields that nobody wrote.
    if (field === undefined || name === "__proto__") continue;
    if (field === notYetKnown) Object.defineProperty(present, name, unreadable(map, name));
    else present[name] = valueIn(field, empties, empties.get(name));
  }
  return Object.hasOwn(present, "constructor") ? asMap(present) : present;
}

/** cel-js asks an object's `constructor` what type it is, and would take a key of that name for the answer. */
function asMap(present: Record<string, unknown>): Map<string, unknown> {
  const map = new Map(Object.keys(present).map((name) => [name, undefined as unknown]));
  const get = (name: string) => (map.has(name) ? present[name] : undefined);
  // Only what is read may throw for not being known yet.
  return Object.assign(map, { get, entries, [Symbol.iterator]: entries });

  function* entries(): Generator<[string, unknown]> {
    for (const name of map.keys()) yield [name, present[name]];
  }
}

function unreadable(holder: object, field: string | number): PropertyDescriptor {
  const get = () => {
    throw new NotYetKnown(holder, field);
  };
  return { get, enumerable: true };
}

/** Whether a rule reads what the API server does not have: the objects beside the one under judgement. */
export function readsNeighbours({ variables = [], validations }: Rule): boolean {
  const expressions = [
    ...variables.map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression]),
  ];
  return expressions.some((expression) => {
    const { reads } = parse(expression, "dyn");
    return reads.has("neighbours") || reads.has("objects");
  });
}
