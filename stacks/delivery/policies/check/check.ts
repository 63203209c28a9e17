import { offender } from "../../../../policies/judgement/judge.ts";
import {
  type Exemption,
  enabled,
  type Finding,
  failures,
  type Settings,
  verdict,
} from "../../../../policies/judgement/verdict.ts";
import type { Rule } from "../../../../policies/rule.ts";
import type { InputProblem, Place, Reading } from "../../yaml/stream.ts";

/** What the policies say of objects that were read, wherever they come from. */
export interface Check {
  /** How many objects were judged. */
  readonly objects: number;
  /** How many rules they were judged by. */
  readonly rules: number;
  /** In the order of the objects. */
  readonly findings: readonly PlacedFinding[];
  /** The exemptions whose last day has gone by. */
  readonly expired: readonly Exemption[];
  /** Why the rest could not be judged. */
  readonly problems: readonly InputProblem[];
}

/** A finding, what helps against it in general, and where its object stands. */
export interface PlacedFinding extends Finding {
  readonly remedy: string;
  /** Absent when the rule is broken itself. */
  readonly at?: Place;
}

/** Judges all objects together, by the rules that the settings leave in force. */
export function check(rules: readonly Rule[], { objects, problems }: Reading, settings: Settings): Check {
  const remedies = new Map(rules.map(({ id, remedy }) => [id, remedy]));
  const places = new Map(objects.map(({ object, at }) => [offender(object), at]));
  const { findings, expired } = verdict(
    rules,
    objects.map(({ object }) => object),
    settings,
  );
  const placed = findings.map((finding): PlacedFinding => {
    const at = finding.object && places.get(finding.object);
    return { ...finding, remedy: remedies.get(finding.rule) ?? "", ...(at && { at }) };
  });
  return {
    objects: objects.length,
    rules: enabled(rules, settings).length,
    findings: placed,
    expired,
    problems,
  };
}

/** Whether the objects that could be judged may be applied, where they are judged so. */
export function passes(found: Check): boolean {
  return failures(found).length === 0 && found.expired.length === 0;
}
