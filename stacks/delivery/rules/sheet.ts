import { isAdmissible, type Match, type Rule } from "../../../policies/index.ts";

/** Where a rule judges: what is rendered, what Pulumi is about to deploy, what anybody sends to the API server. */
export type Place = "synth" | "preview" | "cluster";

/** A rule, and what its expressions tell of it. */
export interface RuleSheet extends Rule {
  readonly inForce: readonly Place[];
  /** Whether it looks at other objects of the namespace, too. */
  readonly readsNeighbours: boolean;
}

export function sheetOf(rule: Rule): RuleSheet {
  const inCluster = isAdmissible(rule);
  return {
    ...rule,
    inForce: ["synth", "preview", ...(inCluster ? (["cluster"] as const) : [])],
    readsNeighbours: !inCluster,
  };
}

/** `synth, preview and cluster` */
export function describeInForce({ inForce }: RuleSheet): string {
  return `${inForce.slice(0, -1).join(", ")} and ${inForce.at(-1)}`;
}

/** `Pod`, or `apps: Deployment, StatefulSet`, one line a group. */
export function describeMatch({ apiGroup, kinds }: Match): string {
  return apiGroup === "" ? kinds.join(", ") : `${apiGroup}: ${kinds.join(", ")}`;
}

/** An expression without the indentation of the file that it is written in. */
export function dedented(text: string): string {
  const lines = text.trim().split("\n");
  const depths = lines.slice(1).flatMap((line) => (line.trim() === "" ? [] : [line.search(/\S/)]));
  const depth = Math.min(...depths);
  // What goes on from the first line stands deeper than it.
  return lines.map((line, index) => (index === 0 ? line : `  ${line.slice(depth)}`.trimEnd())).join("\n");
}
