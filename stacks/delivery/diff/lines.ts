import { structuredPatch } from "diff";
import { dump } from "js-yaml";
import type { ObjectDifference } from "./differences.ts";
import type { FieldChange } from "./fields.ts";
import type { Json } from "./json.ts";
import { type Path, spellPath } from "./path.ts";

/** One line about a difference: what is lost, what is gained, or what stands around it. */
export interface Line {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** A change in full: where, and the lines that say what. */
export interface SpelledChange {
  readonly path: string;
  readonly lines: readonly Line[];
}

/** Spells a change; `path` is that of the change unless a shorter one says enough. */
export function spellChange(change: FieldChange, path: Path = change.path): SpelledChange {
  return { path: spellPath(path) || "the object", lines: linesOf(change) };
}

function linesOf(change: FieldChange): Line[] {
  switch (change.kind) {
    case "added":
      return signed("+", change.after);
    case "removed":
      return signed("-", change.before);
    case "reordered":
      return [{ sign: " ", text: "the same items in another order" }];
    case "changed":
      return isText(change.before) && isText(change.after)
        ? textLines(change.before, change.after)
        : [...signed("-", change.before), ...signed("+", change.after)];
  }
}

/** An object that comes or goes, in full; nothing of one that changes. */
export function manifestLines(difference: ObjectDifference): Line[] {
  if (!("manifest" in difference)) return [];
  return signed(difference.kind === "added" ? "+" : "-", difference.manifest);
}

function signed(sign: Line["sign"], value: Json): Line[] {
  return yaml(value).map((text) => ({ sign, text }));
}

const width = 100;
const style = { lineWidth: -1, quoteStyle: "double" } as const;

function yaml(value: Json): string[] {
  const line = dump(value, { ...style, flowLevel: 0 }).trimEnd();
  const lines =
    line.length <= width && !line.includes("\n") ? [line] : dump(value, style).trimEnd().split("\n");
  return lines.map(shortenDigests);
}

/** Twelve digits tell digests apart; git and container tools show as many. */
function shortenDigests(text: string): string {
  return text.replace(/\b(sha256:[0-9a-f]{12})[0-9a-f]{52}\b/g, "$1");
}

function isText(value: Json): value is string {
  return typeof value === "string" && value.includes("\n");
}

function textLines(before: string, after: string): Line[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 2 });
  return hunks.flatMap(({ oldStart, lines }, index) => [
    ...(index > 0 || oldStart > 1 ? [{ sign: " " as const, text: "…" }] : []),
    ...lines.map((line) => ({ sign: signOf(line), text: line.slice(1) })),
  ]);
}

/** A line that says that no newline follows is a remark, not a part of the text. */
function signOf(line: string): Line["sign"] {
  return line.startsWith("+") ? "+" : line.startsWith("-") ? "-" : " ";
}
