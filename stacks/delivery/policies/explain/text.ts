import { styleText } from "node:util";
import {
  dedented,
  describeInForce,
  describeMatch,
  describeParameters,
  describePlaces,
  type RuleSheet,
} from "./sheet.ts";

interface TextOptions {
  readonly colour: boolean;
}

/** Everything of one rule, for a person. */
export function sheetText(sheet: RuleSheet, { colour }: TextOptions): string {
  const bold = (text: string) => (colour ? styleText("bold", text, { validateStream: false }) : text);
  const { id, severity, title, reason, remedy, matchConstraints, references, readsNeighbours } = sheet;
  const facts: [string, readonly string[]][] = [
    ["why", [reason]],
    ["severity", [severity]],
    ["remedy", [remedy]],
    ["in force at", [describePlaces(sheet)]],
    [
      "looks at",
      [
        ...matchConstraints.map(describeMatch),
        ...(readsNeighbours
          ? ["and at the other objects that are judged with it, which the API server does not show"]
          : []),
      ],
    ],
    ["examples", describeParameters(sheet).map((parameter) => `where ${parameter}`)],
    ["comes from", references.map(({ title: name, url }) => `${name}: ${url}`)],
  ];
  return [
    [bold(`${id}: ${title}`)],
    facts.flatMap(([name, lines]) =>
      lines.map((line, index) => `${(index === 0 ? name : "").padEnd(13)}${line}`),
    ),
    ...expressions(sheet).map(([name, text]) => [bold(name), indented(dedented(text))]),
    ...sheet.examples.pass.map((text) => [bold("passes"), indented(text.trim())]),
    ...sheet.examples.fail.map((text) => [bold("fails"), indented(text.trim())]),
  ]
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** In CEL, each under its name. */
export function expressions({ variables = [], validations }: RuleSheet): [name: string, text: string][] {
  return [
    ...variables.map(({ name, expression }): [string, string] => [`variables.${name}`, expression]),
    ...validations.flatMap(({ expression, messageExpression }): [string, string][] => [
      ["must be true", expression],
      ["else it says", messageExpression],
    ]),
  ];
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

/** All rules, a line each. */
export function sheetTable(sheets: readonly RuleSheet[]): string {
  const rows = sheets.map((sheet) => [sheet.id, sheet.severity, describeInForce(sheet), sheet.title]);
  const head = ["rule", "severity", "in force at", "promise"];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
