import { didYouMean } from "../../../constructs/model/problem.ts";
import { Fault } from "../../../tools/fault.ts";

/** Where a value stands within an object: keys, and positions in lists. */
export type Path = readonly (string | number)[];

/** What stands between the brackets of `env[name=PORT]`. */
interface Choice {
  readonly key: string;
  readonly value: string;
}

type Step = string | number | Choice;

/** Fields by which upstream tells the elements of a list apart. */
const listKeys = ["name", "mountPath", "topologyKey", "key", "type", "port"];

/**
 * Finds what a person wrote, in the words of kubectl: `spec.containers[0].image`, `env[name=PORT].value`,
 * `annotations["argocd.argoproj.io/sync-wave"]`. Keys that hold dots may stand without brackets.
 * @throws Fault (exit code 1) with the key that was meant
 */
export function find(root: unknown, text: string, of: string): Path {
  let [value, path, steps]: [unknown, Path, Step[]] = [root, [], parse(text)];
  while (steps.length > 0) {
    const found = taken(value, steps);
    if (found === undefined) throw wrongPath(value, path, steps[0] as Step, of);
    [value, path, steps] = [at(value, [found.key]), [...path, found.key], steps.slice(found.steps)];
  }
  return path;
}

function parse(text: string): Step[] {
  const step = /\.?([^.[\]"'=]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]|\[([^=[\]"']+)=([^\]]*)\]/y;
  const steps: Step[] = [];
  while (step.lastIndex < text.length) {
    const from = step.lastIndex;
    const match = step.exec(text);
    if (!match)
      throw new Fault(
        `path ${text} cannot be read from ${text.slice(from)}; write for example spec.ports[0].port`,
        1,
      );
    const [, name, index, double, single, key, value] = match;
    if (index !== undefined) steps.push(Number(index));
    else if (key !== undefined) steps.push({ key, value: (value ?? "").replace(/^(["'])(.*)\1$/, "$2") });
    else steps.push(name ?? double ?? single ?? "");
  }
  return steps;
}

/** The key that the next step names, or the next steps together where the key itself holds dots. */
function taken(value: unknown, steps: readonly Step[]): { key: string | number; steps: number } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const [first] = steps;
  if (Array.isArray(value)) {
    const index =
      typeof first === "object"
        ? value.findIndex((one) => String(at(one, [first.key])) === first.value)
        : first;
    return typeof index === "number" && index >= 0 && index < value.length
      ? { key: index, steps: 1 }
      : undefined;
  }
  for (let count = 1; count <= steps.length && typeof steps[count - 1] === "string"; count += 1) {
    const key = steps.slice(0, count).join(".");
    if (Object.hasOwn(value, key)) return { key, steps: count };
  }
  return undefined;
}

function wrongPath(value: unknown, path: Path, step: Step, of: string): Fault {
  const place = path.length === 0 ? of : `${of}: ${spell(path)}`;
  const wanted = typeof step === "object" ? `${step.key}=${step.value}` : String(step);
  const known = knownSteps(value);
  if (known.length === 0)
    return new Fault(`${place} is ${JSON.stringify(value)}, and has no ${wanted}; shorten the path`, 1);
  return new Fault(
    `${place} has no ${wanted}; ${didYouMean(wanted, known, `there is ${known.join(", ")}`)}`,
    1,
  );
}

function knownSteps(value: unknown): string[] {
  if (Array.isArray(value)) {
    const key = listKey(value);
    return value.map((one, index) => (key === undefined ? `[${index}]` : `${key}=${one[key]}`));
  }
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

/** The path as a person writes it; with the object at hand, elements are named where they have names. */
export function spell(path: Path, root?: unknown): string {
  return path.reduce<string>((text, step, index) => {
    if (typeof step === "number") return `${text}[${element(at(root, path.slice(0, index)), step)}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

function element(list: unknown, index: number): string {
  const key = Array.isArray(list) ? listKey(list) : undefined;
  return key === undefined ? String(index) : `${key}=${(list as Record<string, unknown>[])[index]?.[key]}`;
}

export function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    root,
  );
}

/** The paths of everything that holds no other value: numbers, text, what is empty. */
export function leaves(value: unknown, path: Path = []): Path[] {
  const inner = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (inner.length === 0) return [path];
  return inner.flatMap((key) =>
    leaves((value as Record<string, unknown>)[key], [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Stands for a value that is no more. */
export const gone = Symbol("gone");

/** The value at the same place of a changed tree; elements of lists are known by their names, not by their positions. */
export function counterpart(before: unknown, after: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return after;
  if (typeof before !== "object" || before === null || typeof after !== "object" || after === null)
    return gone;
  if (Array.isArray(before) !== Array.isArray(after)) return gone;
  const key = Array.isArray(before) ? pairedIndex(before, after as unknown[], Number(step)) : step;
  if (key === undefined || !Object.hasOwn(after, key)) return gone;
  return counterpart(at(before, [step]), at(after, [key]), rest);
}

function pairedIndex(
  before: readonly unknown[],
  after: readonly unknown[],
  index: number,
): number | undefined {
  const key = listKeys.find((one) => tellsApart(one, before) && tellsApart(one, after));
  if (key === undefined) return index;
  const pair = paired(before, after, (one) => String(at(one, [key])))[index];
  return pair === undefined ? undefined : after.indexOf(pair);
}

/**
 * For each thing before, the one after that has the same name; what was renamed is known by its position among all
 * that found no namesake.
 */
function paired<Thing>(before: readonly Thing[], after: readonly Thing[], name: (thing: Thing) => string) {
  const namesakes = new Map(after.map((one) => [name(one), one]));
  const names = new Set(before.map(name));
  const left = after.filter((one) => !names.has(name(one)));
  return before.map((one) => namesakes.get(name(one)) ?? left.shift());
}

/** The field that tells the elements of a list apart, if there is one. */
function listKey(list: readonly unknown[]): string | undefined {
  return listKeys.find((key) => tellsApart(key, list));
}

function tellsApart(key: string, list: readonly unknown[]): boolean {
  const values = list.map((one) => at(one, [key]));
  const isComplete = values.length > 0 && values.every((value) => value !== undefined);
  return isComplete && new Set(values).size === values.length;
}
