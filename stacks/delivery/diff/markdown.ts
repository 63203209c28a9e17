import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { type Line, manifestLines, type SpelledChange } from "./lines.ts";
import { account, type Common, type Entry, type Section } from "./section.ts";
import { summary, verdict } from "./summary.ts";
import type { TextOptions } from "./text.ts";

// GitHub refuses a comment of more than 65,536 characters.
const longestComment = 65_000;

/** The differences as a comment on a pull request: a table first, and a section to unfold for each service. */
export function asMarkdown(
  services: readonly ServiceDifferences[],
  { title, verbose }: Pick<TextOptions, "title" | "verbose">,
): string {
  const head = `### ${title}\n\n${capital(verdict(services))}.\n`;
  if (services.length === 0) return head;
  const { common, sections } = account(services);
  const folds = [
    ...(common.length > 0 ? [fold("The same in several services", common.flatMap(commonLines))] : []),
    ...sections.map((section) => serviceFold(section, verbose)),
  ];
  return fitting([head, table(services)], folds);
}

/** Whole folds only: half a code block would swallow what follows. */
function fitting(first: readonly string[], folds: readonly string[]): string {
  const fits = [...first];
  const left = [...folds];
  while (left[0] !== undefined && [...fits, left[0]].join("\n").length < longestComment)
    fits.push(left.shift() as string);
  const rest = left.length > 0 ? [`${left.length} more do not fit into a comment; run the command.\n`] : [];
  return [...fits, ...rest].join("\n");
}

function table(services: readonly ServiceDifferences[]): string {
  const rows = summary(services).map(({ service, added, changed, replaced, removed, consequences }) => {
    const what = consequences.map(cell).join("<br>") || "–";
    return `| ${[cell(service), added, changed, replaced, removed, what].join(" | ")} |`;
  });
  return [
    "| service | added | changed | replaced | removed | what runs |",
    "|---|--:|--:|--:|--:|---|",
    ...rows,
    "",
  ].join("\n");
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
