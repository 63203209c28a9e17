import { styleText } from "node:util";
import { visible } from "../../../../tools/terminal.ts";
import { table } from "../../graph/table.ts";
import { account, notes, type Section, summary, title } from "./account.ts";
import { passes, type Review } from "./review.ts";

/** The review for a person at a terminal: a table of what to mend, each with its sentence beneath it. */
export function asText(review: Review, { colour }: { readonly colour: boolean }): string {
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const head = paint(passes(review) ? "green" : "red", visible(`${title(review)}: ${summary(review)}`));
  const paragraphs = [
    [head, ...notes(review).map(visible)],
    ...account(review).map((section) => lines(section, paint)),
  ];
  return `${paragraphs.map((paragraph) => paragraph.join("\n")).join("\n\n")}\n`;
}

type Style = "bold" | "red" | "yellow" | "green" | "dim";

const styles: Record<Section["tone"], Style> = {
  wrong: "red",
  advice: "yellow",
  quiet: "dim",
  good: "green",
};

function lines(
  { heading, tone, columns, rows }: Section,
  paint: (style: Style, text: string) => string,
): string[] {
  const used = columns.map((_, column) => rows.some(({ cells }) => cells[column] !== ""));
  const shown = (cells: readonly string[]) => cells.filter((_, column) => used[column]).map(visible);
  const [headings = "", ...entries] = table(
    shown(columns.map((column) => column.toUpperCase())),
    rows.map(({ cells }) => shown(cells)),
  );
  return [
    paint("bold", heading),
    paint("dim", `  ${headings}`),
    ...entries.flatMap((entry, index) => [
      paint(styles[tone], `  ${entry}`),
      ...indented(rows[index]?.sentence ?? ""),
    ]),
  ];
}

function indented(sentence: string): string[] {
  return sentence === "" ? [] : [`      ${visible(sentence)}`];
}
