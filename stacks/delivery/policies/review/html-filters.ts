import type { ReviewedFinding } from "./review.ts";

/** One way to choose what the page shows. */
export interface Filter {
  readonly legend: string;
  readonly choices: readonly Choice[];
  /** The id of the choice that a finding belongs to, which is also its class. */
  readonly idOf: (finding: ReviewedFinding) => string;
}

interface Choice {
  /** Counted, and not made of anybody's words. */
  readonly id: string;
  readonly label: string;
  readonly count: number;
}

/** By severity and by owner; nothing where there is nothing to choose from. */
export function filtersOf(findings: readonly ReviewedFinding[]): readonly Filter[] {
  if (findings.length === 0) return [];
  return [
    filter("severity", findings, ({ severity }) => severity),
    filter("owner", findings, ({ owner }) => owner ?? "no team"),
  ];
}

function filter(
  legend: string,
  findings: readonly ReviewedFinding[],
  labelOf: (finding: ReviewedFinding) => string,
): Filter {
  const groups = [...Map.groupBy(findings, labelOf)];
  const ids = new Map(groups.map(([label], index) => [label, `${legend}-${index}`]));
  const idOf = (label: string) => ids.get(label) ?? "";
  return {
    legend,
    choices: groups.map(([label, members]) => ({ id: idOf(label), label, count: members.length })),
    idOf: (finding) => idOf(labelOf(finding)),
  };
}
