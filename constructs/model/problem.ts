import { distance } from "fastest-levenshtein";
import { spell } from "./units.ts";

/** One thing wrong with a description: whose, which field, what it holds, the rule it breaks, and the remedy. */
export interface Problem {
  readonly service: string;
  /** Path of the field in the description, e.g. `calls[0].timeout`. */
  readonly field: string;
  /** What stands there now; left out where the field holds nothing to show. */
  readonly value?: unknown;
  readonly rule: string;
  readonly remedy: string;
}

/** `order: scaling.min is 8, but scaling.max is 5; raise max or lower min` */
export function describeProblem(problem: Problem): string {
  const value = problem.value === undefined ? "" : ` is ${show(problem.value)},`;
  return `${problem.service}: ${problem.field}${value} ${problem.rule}; ${problem.remedy}`;
}

/** All problems of all descriptions, reported together. */
export class ProblemsError extends Error {
  override readonly name = "ProblemsError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describeProblem).join("\n"));
    this.problems = problems;
  }
}

/** The candidate that a mistyped name most likely meant, or nothing when none is near. */
export function nearMiss(name: string, candidates: Iterable<string>): string | undefined {
  const near = [...candidates]
    .map((candidate) => ({ candidate, edits: distance(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

/** `did you mean payment?`, or the given advice when no name is near. */
export function didYouMean(name: string, candidates: Iterable<string>, otherwise: string): string {
  const near = nearMiss(name, candidates);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}

const longest = 80;

function show(value: unknown): string {
  const text = typeof value === "string" ? value || '""' : (asJson(value) ?? String(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, part) => (isPlain(part) ? part : spell(part)));
  } catch {
    return undefined;
  }
}

/** Whether JSON shows the value as it is: class instances and odd numbers it does not. */
function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Array.isArray(value) || value.constructor === Object;
}
