import { callKey, callOf, checked, type VariableTypes, variableType } from "../cel/engine.ts";
import { keptOut, later, oldestKubernetes, own, shared } from "../cel/library.ts";
import { refusal } from "../cel/regular-expression.ts";
import { type Call, callIn, macroIn, type Node, nodesOf, partsOf, selectionIn } from "../cel/syntax.ts";
import type { Rule, Variable } from "../rule.ts";
import { disclosures } from "./disclosures.ts";
import { serverFlaws } from "./server.ts";

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
  const { root, flaw } = checked(expression, type, typesOf(declared));
  if (root === undefined) return [flaw as Flaw];
  const flaws = nodesOf(root).flatMap((node) => [
    ...callFlaws(node),
    ...nameFlaws(node, declared),
    ...itemFlaws(node),
    ...keyFlaws(node),
    ...sharingFlaws(node, { root, type, declared }),
    ...literalFlaws(node),
    ...operatorFlaws(node),
    ...orderFlaws(node),
    ...serverFlaws(node, rule),
  ]);
  const unlike = flaw && !isTold(flaw, flaws, root) ? [flaw, ...flaws] : flaws;
  if (type !== "string") return unlike;
  return [...unlike, ...lineFlaws(root), ...disclosures(root, rule.variables ?? [])];
}

/** That cel-js does not know a function, a name, or what stands in a call, is told better as what the API server has or has not. */
function isTold({ at, message }: Flaw, flaws: readonly Flaw[], root: Node): boolean {
  const refused = nodesOf(root).filter((node) => callFlaws(node).length > 0);
  return (
    (message.startsWith("found no matching overload") && flaws.length > 0) ||
    flaws.some((flaw) => flaw.at === at) ||
    refused.some(({ start, end }) => start <= at && at < end)
  );
}

function typesOf(declared: readonly Variable[]): VariableTypes {
  const types: Record<string, string> = {};
  for (const { name, expression } of declared)
    types[name] = variableType(checked(expression, "dyn", types).root?.checkedType?.name ?? "dyn");
  return types;
}

const known: ReadonlySet<string> = new Set(Object.keys(own).map(callOf));

/** Only what the API server does as well, and cel-js does alike, is called. */
function callFlaws(node: Node): Flaw[] {
  const call = callIn(node);
  if (call === undefined) return [];
  const { name } = call;
  const at = call.receiver?.end ?? node.start;
  if (["all", "exists", "exists_one"].includes(name) && call.given.length === 3)
    return [{ at, message: `${name} of two variables came with Kubernetes 1.32; take one` }];
  const pattern = ["matches", "find", "findAll"].includes(name) ? call.given[0] : undefined;
  if (shared.has(name) || known.has(callKey(node.op, name, call.given.length)))
    return [...patternFlaws(pattern), ...hasFlaws(name, call.given), ...givenFlaws(call)];
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

/** What is wrong with what a call is given. */
function givenFlaws({ name, receiver, given }: Call): Flaw[] {
  const [text] = given;
  const isLiteral = text?.op === "value" && typeof text.args === "string";
  if (isLiteral && receiver === undefined && (name === "int" || name === "quantity"))
    return isReadable(name, text.args as string)
      ? []
      : [{ at: text.start, message: `${JSON.stringify(text.args)} is no ${name}; mend it` }];
  const [one, other] = given.map(({ checkedType }) => checkedType?.name ?? "dyn");
  if (receiver?.args !== "sets" || one === other || [one, other].some((type) => type?.includes("dyn")))
    return [];
  return [{ at: given[0]?.start ?? 0, message: `sets.${name} of ${one} and ${other}; make them alike` }];
}

function isReadable(name: "int" | "quantity", text: string): boolean {
  try {
    own[`${name}(string): ${name === "int" ? "int" : "kubernetes.Quantity"}`]?.(text as never);
    return true;
  } catch {
    return false;
  }
}

const strangers: ReadonlySet<string> = new Set(["cel", "google", "optional"]);
const ofRequest: ReadonlySet<string> = new Set(["request", "oldObject", "namespaceObject", "authorizer"]);

const scope: ReadonlySet<string> = new Set(["object", "params", "variables", "neighbours", "objects"]);

/** An item under a name of the scope hides what the name stands for, and in the cluster params stand elsewhere. */
function itemFlaws(node: Node): Flaw[] {
  const macro = macroIn(node);
  if (!macro || !scope.has(macro.item)) return [];
  const at = macro.given[0]?.start ?? node.start;
  return [
    { at, message: `${macro.item} is the environment's or the object's own name; call the item otherwise` },
  ];
}

/** To the API server an element of what is absent is absent, whatever its key is; cel-js reads the key first. */
function keyFlaws(node: Node): Flaw[] {
  const [of, key] = partsOf(node);
  if (!["[]", "[?]"].includes(node.op) || !of || !key) return [];
  const isOptional = of.checkedType?.name.startsWith("optional");
  const isSure = nodesOf(key).every(({ op }) => op !== "." && op !== "[]");
  if (!isOptional || isSure) return [];
  return [{ at: key.start, message: "the key may be absent; read it by .?field.orValue(…)" }];
}

function nameFlaws(node: Node, declared: readonly Variable[]): Flaw[] {
  const at = node.start;
  if (node.op === "id" && ofRequest.has(String(node.args)))
    return [{ at, message: `${node.args} is known in the cluster only; judge the object itself` }];
  if (node.op === "id" && strangers.has(String(node.args)))
    return [
      { at, message: `${node.args} is no value of a rule; read object, params, variables or neighbours` },
    ];
  const whole = partsOf(node).find((part) => part.op === "id" && part.args === "variables");
  const selection = selectionIn(node);
  if (whole && (selection === undefined || node.op.startsWith("[")))
    return [{ at: whole.start, message: "variables are read one by one; write variables.name" }];
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
    const within = expression === undefined ? undefined : checked(expression, "dyn", {}).root;
    return within !== undefined && hangsOn(within, name, declared.slice(0, index));
  });
}

const mostInt = 2n ** 63n - 1n;

function literalFlaws(node: Node): Flaw[] {
  const { op, args, start: at } = node;
  if (op === "list" && partsOf(node).length > 1 && partsOf(node)[0]?.checkedType?.name === "type")
    return [{ at, message: "types are of a type each, and so no list; compare them one by one" }];
  if (op !== "value") return [];
  if (args === null)
    return [
      {
        at,
        message: "null: a field that is null is absent here, and not always there; ask for its type()",
      },
    ];
  if (typeof args === "bigint" && args > mostInt)
    return [{ at, message: `${args} is no int of 64 bits; make it less` }];
  if (typeof args === "object" && !("name" in args))
    return [{ at, message: "no field of Kubernetes is uint or bytes; use int or string" }];
  return [];
}

const orders: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);
const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);

function operatorFlaws(node: Node): Flaw[] {
  const { op, start } = node;
  const parts = partsOf(node);
  if (parts.some(({ checkedType }) => checkedType === undefined)) return [];
  const at = parts[0]?.end ?? start;
  if (orders.has(op) || arithmetic.has(op)) return numberFlaws(op, parts, at);
  if (["==", "!=", "in"].includes(op)) return equalityFlaws(op, parts, at);
  if (op === "-_" && parts[0]?.op !== "value")
    return [{ at: start, message: "- of an expression may overflow unseen; subtract it from 0" }];
  return [];
}

function numberFlaws(op: string, parts: readonly Node[], at: number): Flaw[] {
  const kinds = parts.map(typeOf);
  if (orders.has(op) && !kinds.includes("int") && !kinds.includes("double"))
    return [
      {
        at,
        message: `${op} of what need not be numbers: strings are ordered otherwise in JavaScript; compare ints, with int(…)`,
      },
    ];
  if (arithmetic.has(op) && kinds.includes("double"))
    return [
      { at, message: `${op} of a double: of 1.0 JavaScript makes an int; count in ints or quantities` },
    ];
  if ((op === "/" || op === "%") && !isPositive(parts[1]))
    return [{ at, message: `${op} by what is no literal above 0; divide by one` }];
  return [];
}

function equalityFlaws(op: string, parts: readonly Node[], at: number): Flaw[] {
  if (parts.some((part) => typeOf(part).includes("kubernetes.Quantity")))
    return [{ at, message: `${op} of quantities is an error of the API server's; use compareTo` }];
  if (op === "in" && parts[1]?.op === "map")
    return [{ at, message: "in of a map that is written out: 5 is in {'5': 1} in JavaScript; use a list" }];
  return [];
}

function isPositive(divisor: Node | undefined): boolean {
  return divisor?.op === "value" && typeof divisor.args === "bigint" && divisor.args > 0n;
}

function typeOf(node: Node): string {
  const name = node.checkedType?.name ?? "dyn";
  const call = callIn(node);
  // Who gives a field of unknown type an int in its place means an int.
  const [other] = call?.name === "orValue" ? call.given : [];
  return name === "dyn" && other ? typeOf(other) : name;
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
