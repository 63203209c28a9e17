import { createHash } from "node:crypto";
import type { Environment } from "../../../constructs/index.ts";
import type { Parameters } from "../../../policies/judgement/judge.ts";
import { type Exemption, type Level, levelOf } from "../../../policies/judgement/verdict.ts";
import type { Rule, Severity } from "../../../policies/rule.ts";
import { settingsOf } from "./judgement.ts";

/** A rule as far as another version of the kit can compare it. */
export interface RuleInForce {
  readonly severity: Severity;
  readonly level: Level;
  /** Another one: it finds something else. */
  readonly digest: string;
}

/** By what an environment is judged: what `synth --json` tells, so that a review can say what changed of it. */
export interface JudgedBy {
  readonly rules: Readonly<Record<string, RuleInForce>>;
  readonly parameters: Parameters;
  readonly exemptions: readonly Exemption[];
}

export function judgedBy(environment: Environment, rules: readonly Rule[]): JudgedBy {
  const settings = settingsOf(environment);
  const { parameters = {}, exemptions = [] } = settings;
  const inForce = rules.map((rule): [string, RuleInForce] => [
    rule.id,
    { severity: rule.severity, level: levelOf(rule.id, settings), digest: digest(rule) },
  ]);
  return { rules: Object.fromEntries(inForce), parameters, exemptions };
}

/** Of what decides, and not of what explains. */
function digest({ matchConstraints, variables = [], validations }: Rule): string {
  const decides = JSON.stringify({ matchConstraints, variables, validations });
  return createHash("sha256").update(decides).digest("hex").slice(0, 12);
}
