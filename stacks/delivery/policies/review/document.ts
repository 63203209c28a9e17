import type { Rule } from "../../../../policies/rule.ts";
import { passes, type Review } from "./review.ts";

/** The review for a program: everything, and of the rules that something breaks what a reader must know. */
export function asJson(review: Review): string {
  const { environment, today, objects, rules, ...rest } = review;
  const broken = new Set(review.findings.map(({ rule }) => rule));
  const document = {
    environment,
    today,
    passes: passes(review),
    objects,
    ...rest,
    rules: rules.filter(({ id }) => broken.has(id)).map(explained),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function explained({ id, title, reason, severity, remedy, references }: Rule) {
  return { id, title, reason, severity, remedy, references };
}
