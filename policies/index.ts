import { disruptionBudget } from "./disruption-budget.ts";
import { imageDigests } from "./image-digests.ts";
import { judgeBy, type KubernetesObject, type Violation } from "./judge.ts";
import { noReplicasUnderAutoscaler } from "./no-replicas-under-autoscaler.ts";
import { ownServiceAccount } from "./own-service-account.ts";
import { requestsAndLimits } from "./requests-and-limits.ts";
import { restrictedPods } from "./restricted-pods.ts";
import type { Rule } from "./rule.ts";

export { describe, type KubernetesObject, type Offender, type Violation } from "./judge.ts";
export type { Match, Rule, Validation, Variable } from "./rule.ts";
export { imageDigests };

/** Every rule that is in force unless it is excepted. */
export const rules: readonly Rule[] = [
  restrictedPods,
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
