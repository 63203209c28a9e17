/** What cel-js makes of a part of an expression. */
export interface Node {
  /** Such as `id`, `value`, `rcall` or `+`. */
  readonly op: string;
  readonly args: unknown;
  /** Where it is written, from its first character to the one after its last. */
  readonly start: number;
  readonly end: number;
  /** Where its own name is: of `a.b` that of `b`. */
  readonly pos: number;
  /** Once the whole is type-checked. */
  readonly checkedType?: { readonly name: string };
}

/** A call, `name(…given)` or `receiver.name(…given)`. */
export interface Call {
  readonly name: string;
  readonly receiver?: Node;
  readonly given: readonly Node[];
}

/** `receiver.name(item, …)`: what a macro does with each item of a list, or each key of a map. */
export interface Macro extends Call {
  readonly receiver: Node;
  readonly item: string;
}

/** A field that is read, `.name`, `.?name` or `["name"]`. */
export interface Selection {
  readonly of: Node;
  readonly field: string;
}

/** The expression and all its parts, the whole first. */
export function nodesOf(node: Node): Node[] {
  return [node, ...partsOf(node).flatMap(nodesOf)];
}

/** The parts of which an expression is made. */
export function partsOf({ args }: Node): Node[] {
  return [args].flat(3).filter(isNode);
}

/** Whether it is that name, and nothing of what it holds. */
export function isNamed({ op, args }: Node, name: string): boolean {
  return op === "id" && args === name;
}

/** The names that are read in an expression. */
export function identifiersIn(node: Node): Set<string> {
  return new Set(nodesOf(node).flatMap(({ op, args }) => (op === "id" ? [String(args)] : [])));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

/** Before the names of functions that stand in for those of cel-js, which lets nobody replace its own. */
export const ours = "server_";

/** The call that an expression is, by the name that is written. */
export function callIn({ op, args }: Node): Call | undefined {
  if (op === "call") {
    const [name, given] = args as [string, Node[]];
    return { name: written(name), given };
  }
  if (op !== "rcall") return undefined;
  const [name, receiver, given] = args as [string, Node, Node[]];
  return { name: written(name), receiver, given };
}

function written(name: string): string {
  return name.startsWith(ours) ? name.slice(ours.length) : name;
}

const macros: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** The macro over a list or a map that an expression is. */
export function macroIn(node: Node): Macro | undefined {
  const call = callIn(node);
  const [item] = call?.given ?? [];
  if (!call?.receiver || item?.op !== "id" || !macros.has(call.name)) return undefined;
  return { ...call, receiver: call.receiver, item: String(item.args) };
}

/** The selection that an expression is. */
export function selectionIn({ op, args }: Node): Selection | undefined {
  if (op !== "." && op !== ".?" && op !== "[]" && op !== "[?]") return undefined;
  const [of, key] = args as [Node, string | Node];
  if (typeof key === "string") return { of, field: key };
  return key.op === "value" && typeof key.args === "string" ? { of, field: key.args } : undefined;
}

/** Has a call go to the function of ours that has the same name. */
export function callOurs({ args }: Node): void {
  const call = args as [string];
  call[0] = ours + call[0];
}
