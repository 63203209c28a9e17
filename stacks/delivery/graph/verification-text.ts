import type { Declared } from "./declared.ts";
import { isAsDeclared, type Verdict, type Verification } from "./verify.ts";

/** What a verification found, for a person. */
export function verificationText(title: string, found: Verification): string {
  const { layers, undecided, missing } = found;
  const head = `${title}: ${isAsDeclared(found) ? "what the objects leave open is what is declared" : "the objects are not as declared"}`;
  return [
    head,
    ...layers.flatMap(layerLines),
    ...list("pods that no object makes", missing),
    ...list("cannot be decided, and may open anything", undecided),
    "",
  ].join("\n");
}

function layerLines({ layer, declared, openNotDeclared, declaredNotOpen }: Verdict): string[] {
  const isRight = openNotDeclared.length + declaredNotOpen.length === 0;
  return [
    `  ${layer}: ${declared} declared${isRight ? ", and nothing else open" : ""}`,
    ...openNotDeclared.map((way) => `    open, not declared: ${spellWay(way)}`),
    ...declaredNotOpen.map((way) => `    declared, not open: ${spellWay(way)}`),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function spellWay({ from, to, port, request }: Declared): string {
  return `${from} -> ${to}, ${port === "any" ? "any port" : `port ${port}`}${request === "any" ? "" : `, ${request}`}`;
}
