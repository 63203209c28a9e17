import type { Level } from "../../../../policies/judgement/verdict.ts";
import type { Severity } from "../../../../policies/rule.ts";
import type { JudgedBy } from "../judged-by.ts";

/** What is other in how an environment is judged. */
export interface SettingChanges {
  readonly levels: readonly Change<Level>[];
  readonly severities: readonly Change<Severity>[];
  readonly parameters: readonly Change<string | undefined>[];
  readonly rules: readonly RuleChange[];
}

/** One value by its name. */
export interface Change<Value> {
  readonly name: string;
  readonly before: Value;
  readonly after: Value;
}

/** A rule that comes, goes, or finds something else than before. */
export interface RuleChange {
  readonly name: string;
  readonly kind: "added" | "removed" | "changed";
}

export function settingChanges(before: JudgedBy, after: JudgedBy): SettingChanges {
  const old = new Map(Object.entries(before.rules));
  const both = Object.entries(after.rules).flatMap(([name, now]) => {
    const then = old.get(name);
    return then ? [{ name, then, now }] : [];
  });
  return {
    levels: both
      .filter(({ then, now }) => then.level !== now.level)
      .map(({ name, then, now }) => ({ name, before: then.level, after: now.level })),
    severities: both
      .filter(({ then, now }) => then.severity !== now.severity)
      .map(({ name, then, now }) => ({ name, before: then.severity, after: now.severity })),
    parameters: parameterChanges(before.parameters, after.parameters),
    rules: [
      ...Object.keys(after.rules)
        .filter((name) => !old.has(name))
        .map((name) => ({ name, kind: "added" as const })),
      ...[...old.keys()]
        .filter((name) => !Object.hasOwn(after.rules, name))
        .map((name) => ({ name, kind: "removed" as const })),
      ...both
        .filter(({ then, now }) => then.digest !== now.digest)
        .map(({ name }) => ({ name, kind: "changed" as const })),
    ],
  };
}

function parameterChanges(
  before: JudgedBy["parameters"],
  after: JudgedBy["parameters"],
): Change<string | undefined>[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort()
    .map((name) => ({ name, before: before[name], after: after[name] }));
}
