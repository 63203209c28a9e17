import { styleText } from "node:util";
import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { type Line, manifestLines, type SpelledChange } from "./lines.ts";
import { account, type Common, type Entry, type Section } from "./section.ts";
import { summary, verdict } from "./summary.ts";

export interface TextOptions {
  /** What is compared, such as `production against HEAD`. */
  readonly title: string;
  /** Whether objects that come or go are shown in full. */
  readonly verbose: boolean;
  /** Whether to colour the lines. */
  readonly colour: boolean;
}

/** The differences for a person at a terminal. */
export function asText(services: readonly ServiceDifferences[], options: TextOptions): string {
  const { common, sections } = account(services);
  const paragraphs = [
    [bold(`${options.title}: ${verdict(services)}`), ...consequences(services)],
    ...(common.length > 0 ? [[bold("the same in several services"), ...common.flatMap(commonLines)]] : []),
    ...sections.map((section) => sectionLines(section, options)),
  ];
  const text = paragraphs.map((lines) => lines.map((line) => paint(line, options)).join("\n")).join("\n\n");
  return `${text}\n`;
}

interface Painted {
  readonly text: string;
  readonly style?: "green" | "red" | "yellow" | "bold";
}

function bold(text: string): Painted {
  return { text, style: "bold" };
}

function paint({ text, style }: Painted, { colour }: TextOptions): string {
  // The caller has asked the terminal; styleText would ask stdout again.
  return style && colour ? styleText(style, text, { validateStream: false }) : text;
}

function consequences(services: readonly ServiceDifferences[]): Painted[] {
  return summary(services).flatMap(({ service, consequences }) =>
    consequences.map((text) => ({ text: `  ${service}: ${text}`, style: "yellow" as const })),
  );
}

function sectionLines({ name, counts, common, entries, others }: Section, options: TextOptions): Painted[] {
  return [
    bold(`${name}: ${counts}${others !== undefined && entries.length === 0 ? `, ${others}` : ""}`),
    ...common.flatMap(commonLines),
    ...entries.flatMap((entry) => entryLines(entry, options)),
    ...(others !== undefined && entries.length > 0 ? [{ text: `  ${others}` }] : []),
  ];
}

function commonLines({ change, objects }: Common): Painted[] {
  return [...changeLines(change, 2), { text: `      in ${objects}` }];
}

const signs: Record<ObjectDifference["kind"], Painted> = {
  added: { text: "+", style: "green" },
  removed: { text: "-", style: "red" },
  changed: { text: "~" },
  replaced: { text: "±" },
};

function entryLines({ difference, heading, changes }: Entry, { verbose }: TextOptions): Painted[] {
  const sign = signs[difference.kind];
  return [
    { ...sign, text: `  ${sign.text} ${heading}` },
    ...(verbose ? manifestLines(difference).map((line) => lineOf(line, 6)) : []),
    ...changes.flatMap((change) => changeLines(change, 6)),
  ];
}

const widest = 120;

/** On one line where it fits. */
function changeLines({ path, lines }: SpelledChange, indent: number): Painted[] {
  const short = oneLine(lines);
  const line = `${" ".repeat(indent)}${path}: ${short}`;
  if (short !== undefined && line.length <= widest) return [{ text: line, ...styleOf(lines) }];
  return [{ text: `${" ".repeat(indent)}${path}:` }, ...lines.map((one) => lineOf(one, indent + 2))];
}

function oneLine(lines: readonly Line[]): string | undefined {
  const [first, second, ...more] = lines;
  if (first === undefined || more.length > 0) return undefined;
  if (second === undefined) return first.sign === " " ? first.text : `${first.sign} ${first.text}`;
  return first.sign === "-" && second.sign === "+" ? `${first.text} → ${second.text}` : undefined;
}

function styleOf([first, ...more]: readonly Line[]): Pick<Painted, "style"> {
  return first && more.length === 0 ? styles[first.sign] : {};
}

const styles: Record<Line["sign"], Pick<Painted, "style">> = {
  "+": { style: "green" },
  "-": { style: "red" },
  " ": {},
};

function lineOf({ sign, text }: Line, indent: number): Painted {
  return { text: `${" ".repeat(indent)}${sign} ${text}`.trimEnd(), ...styles[sign] };
}
