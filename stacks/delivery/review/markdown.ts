import { fitting, longestComment } from "../diff/comment.ts";
import { account, notes, type Section, summary, title } from "./account.ts";
import type { Review } from "./review.ts";

/**
 * The review as a comment on a pull request: what wants somebody's attention as tables, the rest to unfold. What does
 * not fit into a comment of GitHub's is counted.
 */
export function asMarkdown(review: Review): string {
  const head = [
    `### ${escaped(title(review))}: ${escaped(summary(review))}`,
    ...notes(review).map((note) => `> ${escaped(note)}.`),
  ].join("\n\n");
  let room = longestComment - head.length;
  const sections = account(review).map((section) => {
    const text = spell(section, room);
    room -= text.length;
    return text;
  });
  return [head, ...sections, ""].join("\n\n").trimEnd().concat("\n");
}

function spell(section: Section, room: number): string {
  const isOpen = section.tone === "wrong" || section.tone === "advice";
  const heading = `${escaped(section.heading)} (${section.rows.length})`;
  const body = table(section, room - 100);
  if (isOpen) return `#### ${heading}\n\n${body}`;
  return `<details><summary>${heading}</summary>\n\n${body}\n\n</details>`;
}

function table({ columns, sentence, rows }: Section, room: number): string {
  const used = columns.map((_, column) => rows.some(({ cells }) => cells[column] !== ""));
  const told = rows.some((row) => row.sentence !== "");
  const line = (cells: readonly string[], last: string) =>
    `| ${[...cells.filter((_, column) => used[column]), ...(told ? [last] : [])].map(escaped).join(" | ")} |`;
  const head = line(columns, sentence);
  const { taken, left } = fitting(
    rows.map((row) => line(row.cells, row.sentence)),
    room - 2 * head.length,
  );
  const rule = head.replace(/[^|]+/g, "---");
  const rest = left > 0 ? ["", `${left} more do not fit into a comment; run the command.`] : [];
  return [head, rule, ...taken, ...rest].join("\n");
}

/**
 * One line that Markdown shows as it is: nothing in it is emphasis, a link, a formula, HTML or the end of a cell.
 */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, " ")
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~$]/g, "\\$&");
}
