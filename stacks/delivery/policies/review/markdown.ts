import { fitting, longestComment } from "../../diff/comment.ts";
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
  const sections = account(review);
  let room = longestComment - head.length - sections.length * frame;
  const told = sections.map((section) => {
    const rows = table(section, room);
    room -= rows.length;
    return framed(section, rows);
  });
  return `${[head, ...told].join("\n\n")}\n`;
}

/** The room of a section without its rows. */
const frame = 600;

function framed({ heading, tone, rows }: Section, body: string): string {
  const words = `${escaped(heading)} (${rows.length})`;
  if (tone === "wrong" || tone === "advice") return `#### ${words}\n\n${body}`;
  return `<details><summary>${words}</summary>\n\n${body}\n\n</details>`;
}

function table({ columns, sentence, rows }: Section, room: number): string {
  const used = columns.map((_, column) => rows.some(({ cells }) => cells[column] !== ""));
  const told = rows.some((row) => row.sentence !== "");
  const line = (cells: readonly string[], last: string) =>
    `| ${[...cells.filter((_, column) => used[column]), ...(told ? [last] : [])].map(escaped).join(" | ")} |`;
  const head = line(columns, sentence);
  const { taken, left } = fitting(
    rows.map((row) => line(row.cells, row.sentence)),
    room,
  );
  const rule = head.replace(/[^|]+/g, "---");
  const rest = left > 0 ? ["", `${left} more do not fit into a comment; run the command.`] : [];
  return [head, rule, ...taken, ...rest].join("\n");
}

/**
 * One line that Markdown shows as it is: nothing in it is emphasis, a link, a formula, HTML or the end of a cell. GitHub
 * would make a link of an address as it is written here, signs of escape and all; and it calls people, and links issues, in
 * text that no sign of escape changes, which a blank of no width parts. The digest of an image stays whole, to be copied.
 * https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, " ")
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~$]|:(?=\/\/)|(?<=www)\./gi, "\\$&")
    .replace(references, "$&&#8203;");
}

/** Beginnings of `@team`, `a@b.example`, `name@<commit>`, `#12` and `GH-12`, some of whose signs are escaped by then. */
const references = /(?<!\w)@|@(?=[\w\\-]+\.|[0-9a-f]{7,40}\b)|#(?=\d)|\bGH-(?=\d)/gi;
