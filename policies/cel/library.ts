import { parseQuantity, type Quantity } from "./quantity.ts";
import { find, findAll, matches } from "./regular-expression.ts";

/** A signature as cel-js writes it, and what it does, as the API server does it. */
type Functions = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * The receiver of sets.contains and the like: https://pkg.go.dev/github.com/google/cel-go/ext#Sets. cel-js knows functions of
 * values only.
 */
export class Sets {}

/**
 * What the API server has and cel-js lacks, or does otherwise: it counts a string's UTF-16 units, not its code points, takes
 * JavaScript's regular expressions, lowers all letters, reads "" as the int 0, and writes 1e6 in full.
 */
export const own: Functions = {
  "int(int): int": (value: bigint) => value,
  "int(double): int": intOfDouble,
  "int(string): int": intOfString,
  "string(string): string": (value: string) => value,
  "string(bool): string": String,
  "string(int): string": String,
  "string(double): string": stringOfDouble,

  "string.matches(string): bool": matches,
  "string.find(string): string": find,
  "string.findAll(string): list<string>": findAll,
  "string.findAll(string, int): list<string>": findAll,

  "string.lowerAscii(): string": (text: string) =>
    text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
  "string.upperAscii(): string": (text: string) =>
    text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
  "string.trim(): string": trim,
  "string.split(string): list<string>": split,
  "string.split(string, int): list<string>": split,
  "string.replace(string, string): string": replace,
  "string.replace(string, string, int): string": replace,
  "string.charAt(int): string": charAt,
  "string.substring(int): string": substring,
  "string.substring(int, int): string": substring,
  "string.indexOf(string): int": (text: string, part: string) => indexIn([...text], [...part]),
  "string.lastIndexOf(string): int": (text: string, part: string) => lastIndexIn([...text], [...part]),

  "list.indexOf(dyn): int": (list: unknown[], item: unknown) =>
    BigInt(list.findIndex((one) => isEqual(one, item))),
  "list.lastIndexOf(dyn): int": (list: unknown[], item: unknown) =>
    BigInt(list.findLastIndex((one) => isEqual(one, item))),
  "list.sum(): int": sum,
  "list.min(): dyn": (list: unknown[]) => extreme(list, -1),
  "list.max(): dyn": (list: unknown[]) => extreme(list, 1),
  "list.isSorted(): bool": (list: unknown[]) =>
    list.every((item, index) => index === 0 || compare(list[index - 1], item) <= 0),

  "Sets.contains(list, list): bool": (_: Sets, list: unknown[], part: unknown[]) => holds(list, part),
  "Sets.equivalent(list, list): bool": (_: Sets, list: unknown[], other: unknown[]) =>
    holds(list, other) && holds(other, list),
  "Sets.intersects(list, list): bool": (_: Sets, list: unknown[], other: unknown[]) =>
    list.some((item) => includes(other, item)),

  "isQuantity(string): bool": (text: string) => parseQuantity(text) !== undefined,
  "quantity(string): kubernetes.Quantity": quantity,
  "kubernetes.Quantity.compareTo(kubernetes.Quantity): int": (a: Quantity, b: Quantity) => a.compareTo(b),
  "kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool": (a: Quantity, b: Quantity) =>
    a.compareTo(b) > 0n,
  "kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool": (a: Quantity, b: Quantity) =>
    a.compareTo(b) < 0n,
  "kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity": (a: Quantity, b: Quantity) => a.add(b),
  "kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity": (a: Quantity, b: Quantity) => a.sub(b),
};

/** What cel-js does as the API server does it. */
export const shared: ReadonlySet<string> = new Set([
  ...["has", "all", "exists", "exists_one", "map", "filter"],
  ...["hasValue", "value", "or", "orValue"],
  ...["size", "startsWith", "endsWith", "contains", "join", "dyn", "type"],
]);

/** The oldest Kubernetes that judges by the rules; all that is above is in it. */
export const oldestKubernetes = "1.30";

/** What only later versions have, by the version. */
export const later: Readonly<Record<string, string>> = {
  format: "1.31",
  named: "1.31",
  validate: "1.31",
  transformList: "1.32",
  transformMap: "1.32",
  transformMapEntry: "1.32",
  existsOne: "1.32",
  semver: "1.33",
  isSemver: "1.33",
  distinct: "1.34",
  flatten: "1.34",
  first: "1.34",
  last: "1.34",
  range: "1.34",
  reverse: "1.34",
  slice: "1.34",
  sort: "1.34",
  sortBy: "1.34",
};

/** What is kept out, and what to do instead. */
export const keptOut: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["ip", "isIP", "cidr", "isCIDR", "url", "isURL"].map((name) => [
      name,
      "cel-js has none; compare text, with matches",
    ]),
  ),
  bind: "the API server has no cel.bind; give the value a name in variables",
  double: "of 1.0 the API server makes a double and JavaScript an int; use int, or quantity",
  uint: "no field of Kubernetes is one; use int",
  bool: "compare with a string",
  bytes: "no field of Kubernetes is compared as bytes; compare strings",
  base64: "the API server has none; compare strings",
  hex: "the API server has none; compare strings",
  json: "the API server has none; let the object say it in fields",
  at: "the API server has none; use an index",
  timestamp: "a verdict that changes with the time is another one in the cluster; leave time to exemptions",
  duration: "cel-js reads and rounds durations otherwise; compare text, or seconds as an int",
  optMap: "cel-js has none; use a ternary with hasValue()",
  optFlatMap: "cel-js has none; use a ternary with hasValue()",
  isInteger: "to the API server 1536Mi is an integer and 1.5Gi is none; use compareTo",
  asInteger: "to the API server 1536Mi is an integer and 1.5Gi is none; use compareTo",
  asApproximateFloat: "it is approximate; use compareTo",
  sign: "use compareTo(quantity('0'))",
  quote: "the API server has strings.quote only, and cel-js none; put quotes around it",
  authorizer: "who asks is not known before the cluster; judge the object itself",
};

/** A pattern that ends with `$` would begin anew at every blank. */
function trim(text: string): string {
  const letters = [...text];
  const isLetter = (letter: string) => !/^[\p{Z}\t-\r\x85]$/u.test(letter);
  return letters.slice(letters.findIndex(isLetter), letters.findLastIndex(isLetter) + 1).join("");
}

/** The text may be a secret, and no error quotes it. */
function intOfString(text: string): bigint {
  const [, sign = "", digits] = /^([+-]?)0*(\d{1,19})$/.exec(text) ?? [];
  const value = digits === undefined ? undefined : BigInt(`${sign === "-" ? "-" : ""}${digits}`);
  if (value === undefined || BigInt.asIntN(64, value) !== value)
    throw new Error("int(string): no whole number of 64 bits");
  return value;
}

function intOfDouble(value: number): bigint {
  if (Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value));
  throw new Error("int(double): no whole number of 64 bits");
}

/** As Go's %g: https://pkg.go.dev/fmt. */
function stringOfDouble(value: number): string {
  const written = value.toExponential();
  const exponent = Number(written.split("e")[1]);
  if (exponent >= -4 && exponent < 6) return String(value);
  return written.replace(/e([+-])(\d)$/, "e$10$2");
}

function split(text: string, separator: string, limit = -1n): string[] {
  const parts = separator === "" ? [...text] : text.split(separator);
  if (limit < 0n || parts.length <= limit) return parts;
  const most = Number(limit);
  return most === 0 ? [] : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

function replace(text: string, old: string, by: string, limit = -1n): string {
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  let count = 0;
  const once = (found: string) => {
    count += 1;
    return count > most ? found : by;
  };
  if (old !== "") return text.replaceAll(old, once);
  return ["", ...text].map((letter) => letter + once("")).join("");
}

function charAt(text: string, index: bigint): string {
  const letters = [...text];
  if (index < 0n || index > letters.length) throw outOfRange(index);
  return letters[Number(index)] ?? "";
}

function substring(text: string, start: bigint, end?: bigint): string {
  const letters = [...text];
  const last = end ?? BigInt(letters.length);
  for (const index of [start, last]) if (index < 0n || index > letters.length) throw outOfRange(index);
  if (start > last) throw new Error(`substring from ${start} to ${last}: it ends before it begins`);
  return letters.slice(Number(start), Number(last)).join("");
}

function outOfRange(index: bigint): Error {
  return new Error(`index out of range: ${index}`);
}

function indexIn(letters: readonly string[], part: readonly string[]): bigint {
  for (let at = 0; at + part.length <= letters.length; at += 1)
    if (part.every((letter, index) => letters[at + index] === letter)) return BigInt(at);
  return -1n;
}

function lastIndexIn(letters: readonly string[], part: readonly string[]): bigint {
  for (let at = letters.length - part.length; at >= 0; at -= 1)
    if (part.every((letter, index) => letters[at + index] === letter)) return BigInt(at);
  return -1n;
}

function sum(list: readonly unknown[]): bigint {
  return list.reduce<bigint>((total, item) => {
    if (typeof item !== "bigint") throw new Error("sum(): only ints are added");
    const next = total + item;
    if (BigInt.asIntN(64, next) !== next) throw new Error("sum(): integer overflow");
    return next;
  }, 0n);
}

function extreme(list: readonly unknown[], wanted: 1 | -1): unknown {
  if (list.length === 0) throw new Error(`${wanted > 0 ? "max" : "min"}() called on empty list`);
  return list.reduce((best, item) => (compare(item, best) === wanted ? item : best));
}

/** 0 as well for what cannot be compared, which the API server leaves where it is. Strings as UTF-8, unlike JavaScript. */
function compare(a: unknown, b: unknown): -1 | 0 | 1 {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (!(isNumber(a) && isNumber(b))) return 0;
  return a > b ? 1 : a < b ? -1 : 0;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function includes(list: readonly unknown[], item: unknown): boolean {
  return list.some((one) => isEqual(one, item));
}

function holds(list: readonly unknown[], part: readonly unknown[]): boolean {
  return part.every((item) => includes(list, item));
}

function isEqual(a: unknown, b: unknown): boolean {
  if (isNumber(a) && isNumber(b)) return !(a < b || a > b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  const other = new Map(right);
  return (
    left.length === right.length &&
    left.every(([key, value]) => other.has(key) && isEqual(value, other.get(key)))
  );
}

function entriesOf(value: object): [string, unknown][] {
  return value instanceof Map ? [...value] : Object.entries(value);
}

function quantity(text: string): Quantity {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new Error("quantity(string): it is none");
  return parsed;
}
