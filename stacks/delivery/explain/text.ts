import { spellObject } from "../diff/object.ts";
import type { Explanation, Source } from "./explanation.ts";

/** Explanations for a person: of one field all that it comes from, of several a table. */
export function explanationText(explanations: readonly Explanation[], width = 120): string {
  const [first, ...others] = explanations;
  if (!first) return "";
  return others.length === 0 ? one(first, width) : table(explanations, width);
}

function one(explanation: Explanation, width: number): string {
  const { sources, because } = explanation;
  const shown = sources.slice(0, most);
  const places = [...shown, ...because].map((source) => place(source).length);
  const column = Math.min(Math.max(...places, 0), 50);
  const text = (source: Source) => paragraph(source, column, width);
  return [
    `${spellObject(explanation.object)}  ${explanation.path}: ${JSON.stringify(explanation.value)}`,
    "",
    ...shown.map(text),
    ...(sources.length === 0
      ? ["  nothing of the kit: a construct that the shop itself adds to the chart"]
      : []),
    ...(sources.length > most ? [`  and ${sources.length - most} more: --json shows all`] : []),
    ...(because.length > 0 ? ["", "  is there because of", "", ...because.map(text)] : []),
  ].join("\n");
}

/** The name of an immutable object comes from all that the object holds. */
const most = 12;

function paragraph(source: Source, column: number, width: number): string {
  const line = cut(
    `  ${source.kind.padEnd(11)}  ${place(source).padEnd(column)}  ${what(source)}`.trimEnd(),
    width,
  );
  const indent = " ".repeat(15);
  const reason = source.reason
    ? wrapped(source.reason, width - indent.length).map((text) => indent + text)
    : [];
  return [line, ...reason].join("\n");
}

function place({ at }: Source): string {
  return at ? `${at.file}:${at.line}` : "";
}

/** `calls[0].timeout: 800 ms`, of the kit's own the line that stands there. */
function what({ kind, field, value, at }: Source): string {
  if (kind === "constant" || kind === "kit") return at?.text ?? "";
  if (kind === "default") return `${field} is left out${value === undefined ? "" : `: ${value}`}`;
  return value === undefined ? (field ?? "") : `${field}: ${value}`;
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function table(explanations: readonly Explanation[], width: number): string {
  const rows = explanations.map(({ path, value, sources }) => {
    const places = [...new Set(sources.map(place))];
    const more = places.length > few ? ` +${places.length - few}` : "";
    return [`${path}: ${JSON.stringify(value)}`, places.slice(0, few).join("  ") + more] as const;
  });
  const column = Math.min(Math.max(...rows.map(([field]) => field.length)), Math.floor(width * 0.6));
  return [
    spellObject((explanations[0] as Explanation).object),
    ...rows.map(([field, places]) => `  ${field.padEnd(column)}  ${places}`),
  ].join("\n");
}

const few = 3;
