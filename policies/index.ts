import { disruptionBudget } from "./availability/disruption-budget.ts";
import { noReplicasUnderAutoscaler } from "./availability/no-replicas-under-autoscaler.ts";
import { requestsAndLimits } from "./cost/requests-and-limits.ts";
import { ownServiceAccount } from "./identity/own-service-account.ts";
import { judgeBy, type KubernetesObject, type Violation } from "./judge.ts";
import { baseline, restricted } from "./pod-security/index.ts";
import type { Rule } from "./rule.ts";
import { imageDigests } from "./supply-chain/image-digests.ts";

export { describe, type KubernetesObject, type Offender, type Violation } from "./judge.ts";
export type { Match, Reference, Rule, Severity, Validation, Variable } from "./rule.ts";
export { imageDigests };

/** Every rule that is in force unless it is excepted. */
export const rules: readonly Rule[] = [
  ...baseline,
  ...restricted,
  imageDigests,
  ownServiceAccount,
  requestsAndLimits,
  disruptionBudget,
  noReplicasUnderAutoscaler,
];

/** What an environment allows that the rules refuse. */
interface Exceptions {
  /** The rules that are not in force, such as `imageDigests` where unpinned images are allowed. */
  readonly except?: readonly Rule[];
}

/**
 * Judges the finished objects of an environment together. Returns every violation at once; a rule that
 * cannot be evaluated is one of them.
 */
export function judge(objects: readonly KubernetesObject[], { except = [] }: Exceptions = {}): Violation[] {
  return judgeBy(
    rules.filter((rule) => !except.includes(rule)),
    objects,
  );
}
