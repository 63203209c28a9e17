import { readFileSync } from "node:fs";
import ts from "typescript";
import type { Place } from "./recorder.ts";

/** A line of a source, as a person looks it up. */
export interface Line {
  readonly file: string;
  readonly line: number;
  /** What stands there. */
  readonly text: string;
}

export function lineAt({ file, start }: Place): Line {
  const source = sourceOf(file);
  const { line } = source.getLineAndCharacterOfPosition(start);
  const text = source.text.split("\n")[line] ?? "";
  return { file, line: line + 1, text: text.trim() };
}

/** The text of a literal as it is written: of a template its pattern, of an amount its unit as well. */
export function literalText(place: Place): string {
  const literal = nodesAround(place).find((node) => node.getStart() === place.start && ts.isExpression(node));
  if (!literal) return "";
  return (isAmount(literal.parent) ? literal.parent : literal).getText();
}

/** `Duration.seconds(30)` */
function isAmount(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.arguments.length === 1
  );
}

/** The argument of the same call that is a given text: of `service("order", { … })` the name beside the description. */
export function argumentPlace(beside: Place, text: string): Place | undefined {
  const call = nodesAround(beside).find(ts.isCallExpression);
  const argument = call?.arguments.find((one) => ts.isStringLiteral(one) && one.text === text);
  return argument && { file: beside.file, start: argument.getStart() };
}

/**
 * What a comment says of a place: the nearest one above it, be it of the field, of the statement or of the function.
 * Of a value in a description only the comments beside it count: the service's own docstring says what it is for.
 */
export function reasonFor(place: Place, reach: "field" | "function"): string | undefined {
  for (const node of nodesAround(place)) {
    if (reach === "field" && ts.isStatement(node)) return undefined;
    const comment = commentAbove(node);
    if (comment !== undefined) return comment;
  }
  return undefined;
}

/** The syntax around a place, from the inside out. */
function nodesAround({ file, start }: Place): ts.Node[] {
  const source = sourceOf(file);
  const nodes: ts.Node[] = [];
  const enter = (node: ts.Node) => {
    if (node.getFullStart() > start || node.getEnd() <= start) return;
    nodes.unshift(node);
    ts.forEachChild(node, enter);
  };
  ts.forEachChild(source, enter);
  return nodes.filter((node) => node.getStart() <= start);
}

function commentAbove(node: ts.Node): string | undefined {
  const { text } = node.getSourceFile();
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  // A comment that an empty line parts from it speaks of something else.
  const adjoining = ranges.filter(({ end }, index) => {
    const next = ranges[index + 1]?.pos ?? node.getStart();
    return !/\n\s*\n/.test(text.slice(end, next));
  });
  const words = plain(adjoining.map(({ pos, end }) => text.slice(pos, end)).join("\n"));
  return words === "" ? undefined : words;
}

/** A comment's words, without its signs and tags. */
export function plain(comment: string): string {
  return comment
    .replace(/^\s*\/\/ biome-ignore.*$/gm, "")
    .replace(/\*\/\s*$/gm, "")
    .replace(/^\s*(?:\/\*\*?|\*|\/\/)/gm, "")
    .replace(/^\s*@[\s\S]*$/m, "")
    .replace(/\s+/g, " ")
    .trim();
}

const parsed = new Map<string, ts.SourceFile>();

/** A source, read once. */
export function sourceOf(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ESNext, true);
  parsed.set(file, source);
  return source;
}
