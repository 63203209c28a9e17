import { RE2JS } from "re2js";

const compiled = new Map<string, RE2JS>();

/**
 * A regular expression as the API server reads it: Go's, which is RE2. JavaScript's own reads `\s`, `.` and `[^a]` otherwise, and
 * takes what RE2 refuses.
 * @throws where RE2 refuses it
 */
function regularExpression(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const expression = RE2JS.compile(pattern);
  compiled.set(pattern, expression);
  return expression;
}

/** Whether any part of the text matches. */
export function matches(text: string, pattern: string): boolean {
  return regularExpression(pattern).test(text);
}

/** The first part that matches, else nothing. */
export function find(text: string, pattern: string): string {
  return findAll(text, pattern, 1n)[0] ?? "";
}

/** The parts that match, from left to right, at most `limit`; below 0 there is none. */
export function findAll(text: string, pattern: string, limit = -1n): string[] {
  const matcher = regularExpression(pattern).matcher(text);
  const found: string[] = [];
  let end = -1;
  while ((limit < 0n || found.length < limit) && matcher.find()) {
    // As Go, which passes over nothing that follows a match immediately.
    if (matcher.start() === matcher.end() && matcher.start() === end) continue;
    found.push(matcher.group() ?? "");
    end = matcher.end();
  }
  return found;
}

/** Why RE2 refuses a pattern, in its own words. */
export function refusal(pattern: string): string | undefined {
  try {
    regularExpression(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
