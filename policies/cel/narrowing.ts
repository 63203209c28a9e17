import { isNamed, macroIn, type Node, nodesOf, partsOf, selectionIn } from "./syntax.ts";

/** Where narrowed expressions find, by the kinds that `narrowed` says, the neighbours that are of one of them. */
export const kindred = "neighboursOfKinds";

const known = new Set<string>();

/**
 * The same expression over fewer neighbours: where `neighbours.filter(o, …)` or `neighbours.exists(o, …)` can only hold
 * of some kinds, it goes through these alone, and so a namespace with many objects costs each of them little.
 * Whatever is left out would have made the condition false: `false && <error>` is false, as it is without narrowing.
 */
export function narrowed(expression: string, ast: Node): string {
  const places = nodesOf(ast).flatMap((node) => {
    const macro = macroIn(node);
    if (macro?.name !== "filter" && macro?.name !== "exists") return [];
    const {
      receiver,
      item,
      given: [, condition],
    } = macro;
    const kinds = condition && isNamed(receiver, "neighbours") && kindsOf(condition, item);
    return kinds ? [{ start: receiver.start, end: receiver.end, key: [...kinds].sort().join() }] : [];
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

/** The kinds of which the condition can be true; none where it may be of any. */
function kindsOf(condition: Node, object: string): ReadonlySet<string> | undefined {
  if (condition.op !== "&&" && condition.op !== "||") return kindsCompared(condition, object);
  const [left, right] = partsOf(condition).map((side) => kindsOf(side, object));
  if (!left || !right) return condition.op === "&&" ? (left ?? right) : undefined;
  return condition.op === "&&"
    ? new Set([...left].filter((kind) => right.has(kind)))
    : new Set([...left, ...right]);
}

/** `o.kind == "A"` and `o.kind in ["A", "B"]` */
function kindsCompared(condition: Node, object: string): ReadonlySet<string> | undefined {
  const { op } = condition;
  if (op !== "==" && op !== "in") return undefined;
  const [subject, kinds] = partsOf(condition) as [Node, Node];
  if (!isKindOf(subject, object)) return undefined;
  const names = op === "in" && kinds.op === "list" ? partsOf(kinds).map(literal) : [literal(kinds)];
  return names.every((name) => typeof name === "string") ? new Set(names) : undefined;
}

function isKindOf(node: Node, object: string): boolean {
  const selection = node.op === "." ? selectionIn(node) : undefined;
  return selection?.field === "kind" && isNamed(selection.of, object);
}

function literal({ op, args }: Node): unknown {
  return op === "value" ? args : undefined;
}
