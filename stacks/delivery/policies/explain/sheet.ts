import { isAdmissible } from "../../../../policies/admission.ts";
import type { Match, Rule } from "../../../../policies/rule.ts";

/** Where a rule judges: what is rendered, what Pulumi is about to deploy, what anybody sends to the API server. */
export type Place = "synth" | "preview" | "cluster";

/** A rule, and what its expressions tell of it. */
export interface RuleSheet extends Rule {
  readonly inForce: readonly Place[];
  /** The kinds that it judges at synth and preview only: what belongs to no namespace belongs to no environment. */
  readonly outsideCluster: readonly string[];
  /** Whether it looks at other objects, too. */
  readonly readsNeighbours: boolean;
}

export function sheetOf(rule: Rule): RuleSheet {
  const inCluster = isAdmissible(rule);
  return {
    ...rule,
    inForce: ["synth", "preview", ...(inCluster ? (["cluster"] as const) : [])],
    outsideCluster: inCluster
      ? rule.matchConstraints.flatMap(({ kinds }) => kinds.filter((kind) => clusterScoped.has(kind)))
      : [],
    readsNeighbours: !inCluster,
  };
}

/** Kinds without a namespace; bindings are for those with one. */
const clusterScoped: ReadonlySet<string> = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterAnalysisTemplate",
]);

/** The parameters that the examples are judged by, where they hang on some: `mostCpu is 4`. */
export function describeParameters({ examples: { parameters = {} } }: Pick<RuleSheet, "examples">): string[] {
  return Object.entries(parameters).map(([name, value]) => `${name} is ${value}`);
}

/** `synth, preview and cluster`, and what of it the cluster does not judge. */
export function describePlaces(sheet: RuleSheet): string {
  if (sheet.outsideCluster.length === 0) return describeInForce(sheet);
  return `${describeInForce(sheet)}; ${sheet.outsideCluster.join(" and ")} at synth and preview only, being no environment's`;
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
