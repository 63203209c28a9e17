import { styleText } from "node:util";
import { spellObject } from "../../../../policies/judgement/judge.ts";
import { describeExpired, type Finding } from "../../../../policies/judgement/verdict.ts";
import { severities } from "../../../../policies/rule.ts";
import { visible } from "../../../../tools/terminal.ts";
import { describePlace } from "../../yaml/stream.ts";
import type { Check, PlacedFinding } from "./check.ts";

/** What was found, for a person: the objects in their order, and of each the worst first. */
export function checkText(title: string, found: Check, { colour }: { readonly colour: boolean }): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const objects = [...Map.groupBy(found.findings, ({ object }) => object).values()];
  const [worst] = found.findings.toSorted(worstFirst);
  const paragraphs = [
    paint("bold", `${visible(title)}: ${counts(found)}`),
    ...objects.map((findings) => objectLines(findings, paint).join("\n")),
    ...(found.expired.length > 0 ? [found.expired.map(describeExpired).map(visible).join("\n")] : []),
    ...(worst ? [`why, and what passes: pressurevalve policy explain ${worst.rule}`] : []),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

type Paint = (style: "bold" | "red" | "yellow", text: string) => string;

/** `3 objects, 2 rules: 2 mandatory, 1 exempted; 1 more could not be judged` */
function counts({ objects, rules, findings, expired, problems }: Check): string {
  const consequences = ["mandatory", "advisory", "exempted"].flatMap((consequence) => {
    const count = findings.filter((finding) => consequenceOf(finding) === consequence).length;
    return count > 0 ? [`${count} ${consequence}`] : [];
  });
  const judged = `${many(objects, "object")}, ${many(rules, "rule")}`;
  const found = [
    ...consequences,
    ...(expired.length > 0 ? [`${many(expired.length, "exemption")} expired`] : []),
  ];
  const unread = problems.length > 0 ? `; ${problems.length} more could not be judged` : "";
  return `${judged}: ${found.length > 0 ? found.join(", ") : "nothing to mend"}${unread}`;
}

function consequenceOf({ exemption, level }: Finding): string {
  return exemption ? "exempted" : level;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function objectLines(findings: readonly PlacedFinding[], paint: Paint): string[] {
  const [{ object, at } = {}] = findings;
  const heading = [spellObject(object) || "rules that cannot judge", ...(at ? [describePlace(at)] : [])];
  return [
    paint("bold", visible(heading.join("  "))),
    ...[...Map.groupBy(findings.toSorted(worstFirst), headOf).values()].flatMap((alike) =>
      findingLines(alike, paint),
    ),
  ];
}

/** `privileged`, or `privileged, advisory` */
function headOf(finding: PlacedFinding): string {
  const consequence = consequenceOf(finding);
  return consequence === "mandatory" ? finding.rule : `${finding.rule}, ${consequence}`;
}

/** What one rule says of an object. Its messages hold what is to be done, so that the remedy in general is not repeated. */
function findingLines(alike: readonly PlacedFinding[], paint: Paint): string[] {
  const [finding] = alike as [PlacedFinding];
  const { severity, exemption } = finding;
  return [
    `  ${paint(colours[severity], severity.padEnd(column))}${headOf(finding)}`,
    ...alike.map(({ message }) => indented(message)),
    ...(exemption
      ? [indented(`until ${exemption.expires}, says ${exemption.owner}: ${exemption.reason}`)]
      : []),
  ];
}

const column = "critical".length + 2;

function indented(words: string): string {
  return `${" ".repeat(column + 2)}${visible(words)}`;
}

const colours = { critical: "red", high: "red", medium: "yellow", low: "yellow" } as const;

function worstFirst(one: Finding, other: Finding): number {
  return severities.indexOf(one.severity) - severities.indexOf(other.severity);
}
