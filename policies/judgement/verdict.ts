import type { BareRule } from "../rule.ts";
import {
  judgeBy,
  type KubernetesObject,
  type Offender,
  type Parameters,
  spellObject,
  type Violation,
} from "./judge.ts";

/** What follows from a violation: it is told of, or nothing is applied, or nobody looks. */
export type Level = "advisory" | "mandatory" | "disabled";

/** One object that may break one rule for a time, because somebody answers for it. */
export interface Exemption {
  /** The id of the rule. */
  readonly rule: string;
  readonly object: Offender;
  /** Who answers for it. */
  readonly owner: string;
  /** Why, in a sentence for the next reader. */
  readonly reason: string;
  /** The last day on which it counts, such as `2027-01-31`. */
  readonly expires: string;
}

/** How an environment is judged. */
export interface Settings {
  /** The level of every rule that `levels` does not name. */
  readonly level: Level;
  /** Levels of single rules, by id. */
  readonly levels?: Readonly<Record<string, Level>>;
  readonly parameters?: Parameters;
  readonly exemptions?: readonly Exemption[];
  /** The day of the judgement, such as `2026-11-21`: an exemption that expired before it does not count. */
  readonly today: string;
}

/** The level that a rule has. */
export function levelOf(rule: string, { level, levels = {} }: Pick<Settings, "level" | "levels">): Level {
  return (Object.hasOwn(levels, rule) ? levels[rule] : undefined) ?? level;
}

/** The rules that anybody is judged by. */
export function enabled<Judge extends BareRule>(rules: readonly Judge[], settings: Settings): Judge[] {
  return rules.filter(({ id }) => levelOf(id, settings) !== "disabled");
}

/** The day that it is, as settings want it: that of UTC, wherever one judges. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The exemptions whose last day has gone by. */
export function expiredOf({
  exemptions = [],
  today,
}: Pick<Settings, "exemptions" | "today">): readonly Exemption[] {
  return exemptions.filter(({ expires }) => expires < today);
}

/** A violation, how bad it is, and what follows from it. */
export interface Finding extends Violation {
  readonly severity: BareRule["severity"];
  readonly level: Level;
  /** Why nothing follows from it. */
  readonly exemption?: Exemption;
}

/** What was found in a set of objects. */
export interface Verdict {
  /** In the order of the objects; exempted ones as well. */
  readonly findings: readonly Finding[];
  /** Exemptions whose last day has gone by. */
  readonly expired: readonly Exemption[];
  /** Exemptions of what is not there, or breaks nothing. */
  readonly unused: readonly Exemption[];
}

/** Judges the finished objects of an environment together, by every rule that is not disabled. */
export function verdict(
  rules: readonly BareRule[],
  objects: readonly KubernetesObject[],
  settings: Settings,
): Verdict {
  const { parameters, exemptions = [] } = settings;
  const expired = expiredOf(settings);
  const inForce = exemptions.filter((exemption) => !expired.includes(exemption));
  const severityOf = new Map(rules.map(({ id, severity }) => [id, severity]));
  const violations = judgeBy(enabled(rules, settings), objects, parameters);
  const findings = violations.map((violation): Finding => {
    const exemption = inForce.find((one) => exempts(one, violation));
    return {
      ...violation,
      // What is no rule of the list is that an object could not be judged at all.
      severity: severityOf.get(violation.rule) ?? "critical",
      level: severityOf.has(violation.rule) ? levelOf(violation.rule, settings) : "mandatory",
      ...(exemption && { exemption }),
    };
  });
  return {
    findings,
    expired,
    unused: inForce.filter((exemption) => !findings.some((finding) => finding.exemption === exemption)),
  };
}

/** What keeps the objects from being applied. */
export function failures({ findings }: Pick<Verdict, "findings">): Finding[] {
  return findings.filter(({ level, exemption }) => level === "mandatory" && exemption === undefined);
}

/** Says who is to do what about an exemption whose last day has gone by. */
export function describeExpired({ rule, object, owner, expires }: Exemption): string {
  return `${rule}: the exemption of ${spellObject(object)} expired on ${expires}; ${owner} mends the object, or gives a later day and a reason`;
}

function exempts({ rule, object }: Exemption, violation: Violation): boolean {
  return (
    rule === violation.rule &&
    object.kind === violation.object?.kind &&
    object.namespace === violation.object.namespace &&
    object.name === violation.object.name
  );
}
