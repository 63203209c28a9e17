import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../../policies/judgement/verdict.ts";
import type { BareRule, Rule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { type StackSettings, settingsType } from "../../../policies/stack-settings.ts";

/**
 * Tells a policy pack by what the stack is judged, in the only words that reach it: those of a resource. It stands for
 * nothing in the cluster.
 */
export class Policies extends pulumi.ComponentResource {
  constructor(environment: string, { today: _, ...settings }: Settings, by: readonly Rule[]) {
    const own = by.filter((rule) => !rules.includes(rule)).map(bare);
    super(settingsType, environment, { ...settings, rules: own } satisfies StackSettings);
    this.registerOutputs({});
  }
}

/** As far as it judges: what explains it would only swell the state. */
function bare({ reason: _, references: _1, examples: _2, ...rule }: Rule): BareRule {
  return rule;
}
