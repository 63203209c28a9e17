import { distance } from "fastest-levenshtein";
import { spell } from "./units.ts";

/** One thing wrong with a description: whose, which field, what it holds, the rule it breaks, and the remedy. */
export interface Problem {
  /** The service that has it, or the environment. */
  readonly service: string;
  /** Path of the field in the description, e.g. `calls[0].timeout`. */
  readonly field: string;
  /** What stands there now; left out where the field holds nothing to show. */
  readonly value?: unknown;
  /** What must hold and does not. */
  readonly rule: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** A problem as one line for a person: `order: scaling.min is 8, but scaling.max is 5; raise max or lower min` */
export function describeProblem(problem: Problem): string {
  const value = problem.value === undefined ? "" : ` is ${show(problem.value)},`;
  return `${printable(problem.service)}: ${problem.field}${value} ${problem.rule}; ${problem.remedy}`;
}

/** All problems of all descriptions, reported together. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  /** Each of them, for a program. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
    this.problems = problems;
  }
}

/** The candidate that a mistyped or shortened name most likely meant, or nothing when none is near. */
function nearMiss(name: string, candidates: Iterable<string>): string | undefined {
  const near = [...candidates]
    .map((candidate) => ({ candidate, edits: isShort(name, candidate) ? 0 : distance(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.ceil(candidate.length / 3))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

/** `prod` is short for production; a letter or two are short for nothing. */
function isShort(name: string, candidate: string): boolean {
  return name.length >= 3 && candidate.startsWith(name);
}

/** `did you mean payment?`, or the given advice when no name is near. */
export function didYouMean(name: string, candidates: Iterable<string>, otherwise: string): string {
  const near = nearMiss(name, candidates);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}

const longest = 80;

function show(value: unknown): string {
  if (typeof value === "string" && readsAsText(value)) return printable(value);
  return printable(attempt(() => (isPlain(value) ? asJson(value) : spell(value))) ?? unshowable);
}

const unshowable = "a value that cannot be shown";

/** Text that stands for itself; `"3000"`, `"true"`, and what is empty or has odd spaces, want quotes. */
function readsAsText(text: string): boolean {
  const isWord = ["true", "false", "null", "undefined"].includes(text);
  return /^\S(?:.*\S)?$/.test(text) && !isWord && Number.isNaN(Number(text));
}

function asJson(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    isPlain(part) ? part : (attempt(() => spell(part)) ?? unshowable),
  );
}

/** Whether JSON shows the value as it is: class instances, functions and odd numbers it does not. */
function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null)
    return ["string", "boolean", "object"].includes(typeof value);
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Any value as one short line that a terminal shows as it is. */
export function printable(value: unknown): string {
  const text = attempt(() => String(value)) ?? unshowable;
  const line = text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** Nothing that stands in a description may crash its own error message. */
function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
