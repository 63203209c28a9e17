import { fitting, longestComment } from "./comment.ts";
import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { type Line, manifestLines, type SpelledChange } from "./lines.ts";
import { account, type Common, type Entry, type Section } from "./section.ts";
import { type SummaryRow, summary, verdict } from "./summary.ts";
import type { TextOptions } from "./text.ts";

/**
 * The differences as a comment on a pull request: a table first, and a section to unfold for each service. What does not
 * fit into a comment of GitHub's is counted.
 */
export function asMarkdown(
  services: readonly ServiceDifferences[],
  { title, verbose }: Pick<TextOptions, "title" | "verbose">,
): string {
  const head = `### ${sentence(title)}\n\n${sentence(capital(verdict(services)))}.\n`;
  if (services.length === 0) return head;
  const overview = table(services, longestComment - head.length);
  const { common, sections } = account(services);
  const folds = [
    ...(common.length > 0 ? [fold("The same in several services", common.flatMap(commonLines))] : []),
    ...sections.map((section) => serviceFold(section, verbose)),
  ];
  const { taken, left } = fitting(folds, longestComment - head.length - overview.length);
  const rest = left > 0 ? [`${left} more do not fit into a comment; run the command.\n`] : [];
  return [head, overview, ...taken, ...rest].join("\n");
}

const longestSentence = 4000;

/** A sentence names every service whose pods restart, however many. */
function sentence(text: string): string {
  return html(text.length > longestSentence ? `${text.slice(0, longestSentence)}…` : text);
}

function table(services: readonly ServiceDifferences[], room: number): string {
  const { taken, left } = fitting(summary(services).map(row), room);
  return [
    "| service | added | changed | replaced | removed | what runs |",
    "|---|--:|--:|--:|--:|---|",
    ...taken,
    "",
    ...(left > 0 ? [`${left} more services do not fit into a table here.`, ""] : []),
  ].join("\n");
}

function row({ service, added, changed, replaced, removed, consequences }: SummaryRow): string {
  const what = consequences.map(cell).join("<br>") || "–";
  return `| ${[cell(service), added, changed, replaced, removed, what].join(" | ")} |`;
}

function serviceFold({ name, counts, common, entries, others }: Section, verbose: boolean): string {
  const lines = [
    ...common.flatMap(commonLines),
    ...entries.flatMap((entry) => entryLines(entry, verbose)),
    ...(others === undefined ? [] : [`  ${others}`]),
  ];
  return fold(`<b>${html(name)}</b>: ${counts}`, lines);
}

function fold(title: string, lines: readonly string[]): string {
  const text = lines.join("\n");
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `<details><summary>${title}</summary>\n\n${fence}diff\n${text}\n${fence}\n\n</details>\n`;
}

/** What a diff block colours by the first character of a line. */
const signs: Record<ObjectDifference["kind"], string> = {
  added: "+",
  removed: "-",
  changed: "!",
  replaced: "!",
};

function entryLines({ difference, heading, changes }: Entry, verbose: boolean): string[] {
  return [
    `${signs[difference.kind]} ${heading}`,
    ...(verbose ? manifestLines(difference).map(lineOf) : []),
    ...changes.flatMap(changeLines),
  ];
}

function commonLines({ change, objects }: Common): string[] {
  return [...changeLines(change), `    in ${objects}`];
}

function changeLines({ path, lines }: SpelledChange): string[] {
  return [`  ${path}`, ...lines.map(lineOf)];
}

function lineOf({ sign, text }: Line): string {
  return `${sign}   ${text}`.trimEnd();
}

function cell(text: string): string {
  return html(text).replaceAll("|", "\\|");
}

function html(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
