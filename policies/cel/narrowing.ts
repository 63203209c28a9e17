import type { ASTNode } from "@marcbachmann/cel-js";

/** Where narrowed expressions find, by the kinds that `narrowed` says, the neighbours that are of one of them. */
export const kindred = "neighboursOfKinds";

const known = new Set<string>();

/**
 * The same expression over fewer neighbours: where `neighbours.filter(o, …)` or `neighbours.exists(o, …)` can only hold
 * of some kinds, it goes through these alone, and so a namespace with many objects costs each of them little.
 * Whatever is left out would have made the condition false: `false && <error>` is false, as it is without narrowing.
 */
export function narrowed(expression: string, ast: ASTNode): string {
  const places = calls(ast).flatMap(({ args: [method, receiver, args] }) => {
    const [variable, condition] = args;
    const among =
      receiver.op === "id" && receiver.args === "neighbours" && ["filter", "exists"].includes(method);
    const kinds = among && variable?.op === "id" && condition && kindsOf(condition, variable.args);
    return kinds ? [{ ...receiver.range, key: [...kinds].sort().join() }] : [];
  });
  // From the last to the first, so that places keep their offsets.
  return places
    .toSorted((one, other) => other.start - one.start)
    .reduce((text, { start, end, key }) => {
      known.add(key);
      return `${text.slice(0, start)}${kindred}[${JSON.stringify(key)}]${text.slice(end)}`;
    }, expression);
}

/** The neighbours by the kinds that any expression narrows to, each list made when it is first read. */
export function neighboursOfKinds(neighbours: () => readonly unknown[]): Record<string, readonly unknown[]> {
  const byKinds = {};
  for (const key of known) {
    const kinds = new Set(key.split(","));
    let some: readonly unknown[] | undefined;
    const get = () => {
      some ??= neighbours().filter((one) => kinds.has((one as { kind: string }).kind));
      return some;
    };
    Object.defineProperty(byKinds, key, { get, enumerable: true });
  }
  return byKinds;
}

type Call = Extract<ASTNode, { op: "rcall" }>;

function calls(node: unknown): Call[] {
  if (Array.isArray(node)) return node.flatMap(calls);
  if (!isNode(node)) return [];
  return [...(node.op === "rcall" ? [node] : []), ...calls(node.args)];
}

function isNode(node: unknown): node is ASTNode {
  return typeof node === "object" && node !== null && "op" in node && "args" in node;
}

/** The kinds of which the condition can be true; none where it may be of any. */
function kindsOf(condition: ASTNode, object: string): ReadonlySet<string> | undefined {
  if (condition.op !== "&&" && condition.op !== "||") return kindsCompared(condition, object);
  const [left, right] = condition.args.map((side) => kindsOf(side, object));
  if (!left || !right) return condition.op === "&&" ? (left ?? right) : undefined;
  return condition.op === "&&"
    ? new Set([...left].filter((kind) => right.has(kind)))
    : new Set([...left, ...right]);
}

/** `o.kind == "A"` and `o.kind in ["A", "B"]` */
function kindsCompared({ op, args }: ASTNode, object: string): ReadonlySet<string> | undefined {
  if (op !== "==" && op !== "in") return undefined;
  const [subject, kinds] = args;
  if (!isKindOf(subject, object)) return undefined;
  const names = op === "in" && kinds.op === "list" ? kinds.args.map(literal) : [literal(kinds)];
  return names.every((name) => typeof name === "string") ? new Set(names) : undefined;
}

function isKindOf({ op, args }: ASTNode, object: string): boolean {
  return op === "." && args[1] === "kind" && args[0].op === "id" && args[0].args === object;
}

function literal(node: ASTNode): unknown {
  return node.op === "value" ? node.args : undefined;
}
