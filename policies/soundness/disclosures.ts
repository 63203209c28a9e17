import { checked } from "../cel/engine.ts";
import { callIn, isNamed, macroIn, type Node, partsOf, type Selection, selectionIn } from "../cel/syntax.ts";
import type { Variable } from "../rule.ts";
import type { Flaw } from "./expressions.ts";

/** Fields whose content may be secret, whatever is in them. */
const secretive: ReadonlySet<string> = new Set([
  ...["value", "data", "stringData", "binaryData", "args", "command", "script"],
  ...["connectionString", "httpHeaders"],
]);

/** Fields that are called after what is secret: `clientSecret`, and of annotations `example.com/api-key`. */
const calledSecret = /secret|token|password|key|credential/i;

/** Fields that say which Secret is meant, or by which label, and nothing that is in it: `secretName`, `secretKeyRef.name`. */
const naming = /^(name|key|topologyKey|matchLabelKeys|mismatchLabelKeys)$|(Name|Ref)s?$/;

/** Functions whose result is no part of what they are asked of. */
const silent: ReadonlySet<string> = new Set([
  ...["all", "exists", "exists_one", "has", "hasValue", "size", "sum", "int", "type"],
  ...["matches", "startsWith", "endsWith", "contains", "equivalent", "intersects", "indexOf", "lastIndexOf"],
  ...["isQuantity", "isGreaterThan", "isLessThan", "compareTo", "isSorted"],
]);

/** What the items of a list or map in sight are items of. */
type Scope = ReadonlyMap<string, Node>;

/** Where a message would show what may be secret. What it only asks about is not shown. */
export function disclosures(message: Node, variables: readonly Variable[]): Flaw[] {
  const contents = new Map(
    variables.map(({ name, expression }) => [name, checked(expression, "dyn", {}).root]),
  );
  return shownBy(message, { items: new Map(), contents });
}

interface Sight {
  /** Whether only a name is read of what is in sight. */
  readonly isNamed?: boolean;
  readonly items: Scope;
  /** The variables that are not already being looked into. */
  readonly contents: ReadonlyMap<string, Node | undefined>;
}

function shownBy(node: Node, sight: Sight): Flaw[] {
  const call = callIn(node);
  if (call) return silent.has(call.name) ? [] : shownByCall(node, sight);
  const selection = selectionIn(node);
  if (selection) return shownBySelection(node, selection, sight);
  if (node.op === "id") return shownByItem(String(node.args), sight);
  return shown(node).flatMap((part) => shownBy(part, sight));
}

function shownByCall(node: Node, sight: Sight): Flaw[] {
  const macro = macroIn(node);
  if (macro === undefined) return partsOf(node).flatMap((part) => shownBy(part, sight));
  // The condition of filter is only asked.
  if (macro.name === "filter") return shownBy(macro.receiver, sight);
  const within = new Map(sight.items).set(macro.item, macro.receiver);
  return shownBy(macro.given.at(-1) as Node, { ...sight, items: within });
}

function shownBySelection(node: Node, { of, field }: Selection, sight: Sight): Flaw[] {
  if (isNamed(of, "variables")) return shownByVariable(field, node, sight);
  if (isNamed(of, "params") || isParameter(of)) return [];
  if (!mayBeSecret(field, sight))
    return shownBy(of, naming.test(field) ? { ...sight, isNamed: true } : sight);
  return [
    { at: node.pos, message: `the message shows ${field}, which may be secret; name the field instead` },
  ];
}

function mayBeSecret(field: string, { isNamed }: Sight): boolean {
  return secretive.has(field) || (!isNamed && calledSecret.test(field) && !naming.test(field));
}

/** Told where the message reads it. */
function shownByVariable(name: string, { pos }: Node, sight: Sight): Flaw[] {
  const { contents } = sight;
  const root = contents.get(name);
  const within = { ...sight, items: new Map(), contents: without(contents, name) };
  const [flaw] = root ? shownBy(root, within) : [];
  if (flaw === undefined) return [];
  const words = flaw.message.replace("the message shows", `the message shows variables.${name}, which holds`);
  return [{ at: pos, message: words }];
}

function shownByItem(name: string, sight: Sight): Flaw[] {
  const list = sight.items.get(name);
  return list === undefined ? [] : shownBy(list, { ...sight, items: without(sight.items, name) });
}

function without<Value>(map: ReadonlyMap<string, Value>, name: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([other]) => other !== name));
}

/** A parameter of the environment is no secret. */
function isParameter(node: Node): boolean {
  const selection = selectionIn(node);
  return selection !== undefined && (isNamed(selection.of, "params") || isParameter(selection.of));
}

/** The parts that stand in the result: comparisons and the like yield a bool, whatever they compare. */
function shown(node: Node): Node[] {
  if (node.op === "?:") return partsOf(node).slice(1);
  return ["+", "list", "map", "[]", "[?]"].includes(node.op) ? partsOf(node) : [];
}
