import { callKey, callOf, checked } from "../environment.ts";
import { keptOut, later, oldestKubernetes, own, shared } from "../library.ts";
import { refusal } from "../regular-expression.ts";
import type { Rule, Variable } from "../rule.ts";
import { callIn, macroIn, type Node, nodesOf, partsOf, selectionIn } from "../syntax.ts";
import { disclosures } from "./disclosures.ts";

/** An expression of a rule, and what it must be. */
export interface Expectation {
  readonly field: string;
  readonly expression: string;
  readonly type: "bool" | "string" | "dyn";
  /** The variables that it may read. */
  readonly declared: readonly Variable[];
}

/** What is wrong at a place of an expression. */
export interface Flaw {
  /** The index of the character. */
  readonly at: number;
  readonly message: string;
}

/** Everything for which an expression is not sound. */
export function expressionProblems({ expression, type, declared }: Expectation, rule: Rule): Flaw[] {
  const { root, flaw } = checked(expression, type);
  if (root === undefined) return [flaw as Flaw];
  const types = typesOf(declared);
  const flaws = nodesOf(root).flatMap((node) => [
    ...callFlaws(node),
    ...nameFlaws(node, declared),
    ...sharingFlaws(node, { root, type, declared }),
    ...literalFlaws(node),
    ...operatorFlaws(node, types),
    ...orderFlaws(node),
  ]);
  // That cel-js knows no such function is told better as what the API server has or has not.
  const isTold = flaw?.message.startsWith("found no matching overload") && flaws.length > 0;
  const unlike = flaw && !isTold ? [flaw, ...flaws] : flaws;
  if (type !== "string") return unlike;
  return [...unlike, ...lineFlaws(root), ...disclosures(root, rule.variables ?? [])];
}

function typesOf(declared: readonly Variable[]): ReadonlyMap<string, string> {
  return new Map(
    declared.map(({ name, expression }) => [
      name,
      checked(expression, "dyn").root?.checkedType?.name ?? "dyn",
    ]),
  );
}

const known: ReadonlySet<string> = new Set(Object.keys(own).map(callOf));

/** Only what the API server does as well, and cel-js does alike, is called. */
function callFlaws(node: Node): Flaw[] {
  const call = callIn(node);
  if (call === undefined) return [];
  const { name } = call;
  const at = call.receiver?.end ?? node.start;
  const pattern = ["matches", "find", "findAll"].includes(name) ? call.given[0] : undefined;
  if (shared.has(name) || known.has(callKey(node.op, name, call.given.length)))
    return [...patternFlaws(pattern), ...hasFlaws(name, call.given)];
  const since = later[name];
  if (since !== undefined)
    return [
      {
        at,
        message: `${name} came with Kubernetes ${since}, and the rules are for ${oldestKubernetes} and later; do without`,
      },
    ];
  const reason =
    keptOut[name] ?? "the API server has no such function, or the kit does not evaluate it; do without";
  return [{ at, message: `${name}: ${reason}` }];
}

function patternFlaws(pattern: Node | undefined): Flaw[] {
  if (pattern === undefined) return [];
  if (pattern.op !== "value" || typeof pattern.args !== "string")
    return [
      { at: pattern.start, message: "the pattern is no literal, so nobody can check it; write it out" },
    ];
  const reason = refusal(pattern.args);
  return reason === undefined
    ? []
    : [{ at: pattern.start, message: `RE2 refuses the pattern: ${reason}; mend it` }];
}

/** The API server takes `has(a.?b.c)`, and cel-js takes it otherwise. */
function hasFlaws(name: string, [field]: readonly Node[]): Flaw[] {
  if (name !== "has" || field === undefined || !nodesOf(field).some(({ op }) => op === ".?")) return [];
  return [{ at: field.start, message: "has() of an optional field; write .?field.hasValue()" }];
}

const strangers: ReadonlySet<string> = new Set(["cel", "google", "optional"]);

function nameFlaws(node: Node, declared: readonly Variable[]): Flaw[] {
  const at = node.start;
  if (node.op === "id" && strangers.has(String(node.args)))
    return [
      { at, message: `${node.args} is no value of a rule; read object, params, variables or neighbours` },
    ];
  const selection = selectionIn(node);
  if (selection?.of.op !== "id" || selection.of.args !== "variables") return [];
  if (declared.some(({ name }) => name === selection.field)) return [];
  return [{ at, message: `variables.${selection.field} is not declared before this; declare it` }];
}

/** Of all objects only what is gathered once for them all: whoever goes through them at each object makes a large shop wait. */
function sharingFlaws(
  node: Node,
  { root, type, declared }: Pick<Expectation, "type" | "declared"> & { readonly root: Node },
): Flaw[] {
  if (node.op !== "id" || node.args !== "objects") return [];
  if (type === "dyn" && !["object", "neighbours"].some((name) => hangsOn(root, name, declared))) return [];
  return [
    {
      at: node.start,
      message:
        "objects are all of the shop, and each is judged by each, which grows with the square; gather what is needed of them in a variable that reads neither object nor neighbours, or use neighbours, those of the namespace",
    },
  ];
}

/** Whether an expression reads that name of the scope, itself or through variables. */
function hangsOn(root: Node, name: string, declared: readonly Variable[]): boolean {
  return nodesOf(root).some((node) => {
    if (node.op === "id" && node.args === name) return true;
    const selection = selectionIn(node);
    if (selection?.of.op !== "id" || selection.of.args !== "variables") return false;
    const index = declared.findIndex((variable) => variable.name === selection.field);
    const expression = declared[index]?.expression;
    const within = expression === undefined ? undefined : checked(expression, "dyn").root;
    return within !== undefined && hangsOn(within, name, declared.slice(0, index));
  });
}

const mostInt = 2n ** 63n - 1n;

function literalFlaws({ op, args, start: at }: Node): Flaw[] {
  if (op !== "value") return [];
  if (args === null)
    return [
      { at, message: "null: a field that is null is absent here, and not always there; use hasValue()" },
    ];
  if (typeof args === "bigint" && args > mostInt)
    return [{ at, message: `${args} is no int of 64 bits; make it less` }];
  if (typeof args === "object" && !("name" in args))
    return [{ at, message: "no field of Kubernetes is uint or bytes; use int or string" }];
  return [];
}

const orders: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);
const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);

function operatorFlaws(node: Node, types: ReadonlyMap<string, string>): Flaw[] {
  const { op } = node;
  const parts = partsOf(node);
  const kinds = parts.map((part) => typeOf(part, types));
  const at = parts[0]?.end ?? node.start;
  const is = (...names: readonly string[]) => kinds.some((kind) => names.includes(kind));
  if (orders.has(op) && !is("int", "double"))
    return [
      {
        at,
        message: `${op} of what need not be numbers: strings are ordered otherwise in JavaScript; compare ints, with int(…)`,
      },
    ];
  if (["==", "!=", "in"].includes(op) && is("kubernetes.Quantity"))
    return [{ at, message: `${op} of quantities is an error of the API server's; use compareTo` }];
  if (arithmetic.has(op) && is("double"))
    return [
      { at, message: `${op} of a double: of 1.0 JavaScript makes an int; count in ints or quantities` },
    ];
  if ((op === "/" || op === "%") && !isPositive(parts[1]))
    return [{ at, message: `${op} by what is no literal above 0; divide by one` }];
  if (op === "-_" && parts[0]?.op !== "value")
    return [{ at: node.start, message: "- of an expression may overflow unseen; subtract it from 0" }];
  return [];
}

function isPositive(divisor: Node | undefined): boolean {
  return divisor?.op === "value" && typeof divisor.args === "bigint" && divisor.args > 0n;
}

function typeOf(node: Node, types: ReadonlyMap<string, string>): string {
  const selection = selectionIn(node);
  if (selection?.of.op === "id" && selection.of.args === "variables")
    return types.get(selection.field) ?? "dyn";
  const name = node.checkedType?.name ?? "dyn";
  const call = callIn(node);
  // Who gives a field of unknown type an int in its place means an int.
  const [other] = call?.name === "orValue" ? call.given : [];
  return name === "dyn" && other ? typeOf(other, types) : name;
}

/** Fields of Kubernetes that are maps. */
const maps: ReadonlySet<string> = new Set([
  ...["labels", "annotations", "matchLabels", "nodeSelector", "data", "stringData", "binaryData"],
  ...["limits", "requests", "parameters", "overhead", "capacity", "hard"],
]);

/** Go's maps are in another order each time, so a list of their keys is too. */
function orderFlaws(node: Node): Flaw[] {
  const macro = macroIn(node);
  if (macro === undefined || (macro.name !== "map" && macro.name !== "filter")) return [];
  const selection = selectionIn(optionalIn(macro.receiver));
  const isMap = macro.receiver.checkedType?.name.startsWith("map") || maps.has(selection?.field ?? "");
  if (!isMap) return [];
  return [{ at: macro.receiver.end, message: `${macro.name} over a map is in no order; use all or exists` }];
}

/** Of `value.orValue(…)` the value. */
function optionalIn(node: Node): Node {
  const call = callIn(node);
  return call?.receiver && ["orValue", "value", "or"].includes(call.name) ? optionalIn(call.receiver) : node;
}

/** The API server takes no message of several lines. */
function lineFlaws(root: Node): Flaw[] {
  return nodesOf(root)
    .filter(({ op, args }) => op === "value" && typeof args === "string" && /[\n\r]/.test(args))
    .map(({ start }) => ({
      at: start,
      message: "a message of several lines is not shown by the API server; write one",
    }));
}
