import {
  PolicyPack,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { rules } from "./index.ts";
import { describe, judgeBy, type KubernetesObject, offender } from "./judge.ts";
import type { Rule } from "./rule.ts";

/**
 * The rules as a CrossGuard pack, one policy a rule, all mandatory:
 *
 *     pulumi preview -s production --policy-pack policies
 *
 * Pulumi's own policy configuration turns a rule off where an environment does without it, as dev does
 * without digests:
 *
 *     pulumi preview -s dev --policy-pack policies --policy-pack-config policies/unpinned-images-allowed.json
 */
new PolicyPack("pressurevalve", {
  enforcementLevel: "mandatory",
  policies: rules.map(stackPolicy),
  readme: rules.map(({ id, title, reason }) => `- **${id}**: ${title} ${reason}`).join("\n"),
});

/** What the program declares of each resource, by URN. */
const declarations = new Map<string, KubernetesObject>();

/**
 * Judges the whole stack by one rule. Each resource is met twice: first as the program declares it, which is what
 * is judged, and at the end as it is known to the stack, where an autoscaler has set the replicas.
 */
function stackPolicy(rule: Rule): StackValidationPolicy & ResourceValidationPolicy {
  return {
    name: rule.id,
    description: rule.title,
    validateResource: ({ urn, props }) => {
      declarations.set(urn, props as KubernetesObject);
    },
    validateStack: ({ resources }, reportViolation) => {
      const judged = resources.filter(isJudged).map(({ urn, props }) => ({
        urn,
        object: declarations.get(urn) ?? (props as unknown as KubernetesObject),
      }));
      const urns = new Map(judged.map(({ urn, object }) => [key(offender(object)), urn]));
      const objects = judged.map(({ object }) => object);
      for (const violation of judgeBy([rule], objects))
        reportViolation(describe(violation), violation.object && urns.get(key(violation.object)));
    },
  };
}

/** Secrets stay unread: the values of generated ones are not even known in a preview. */
function isJudged({ type, props }: PolicyResource): boolean {
  return type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Secret" && "kind" in props;
}

function key({ kind, namespace, name }: ReturnType<typeof offender>): string {
  return `${kind}/${namespace}/${name}`;
}
