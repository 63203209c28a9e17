import { PolicyPack, type PolicyResource, type StackValidationPolicy } from "@pulumi/policy";
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
  readme: rules.map(({ name, description, why }) => `- **${name}**: ${description} ${why}`).join("\n"),
});

function stackPolicy(rule: Rule): StackValidationPolicy {
  return {
    name: rule.name,
    description: rule.description,
    validateStack: ({ resources }, reportViolation) => {
      const judged = resources.filter(isJudged).map(({ urn, props }) => ({ urn, object: declared(props) }));
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

/**
 * The object as the program declares it, which the provider keeps beside the object as it runs: there, an
 * autoscaler has set the replicas. A preview without a cluster has the declaration alone.
 */
function declared(props: PolicyResource["props"]): KubernetesObject {
  return (props.__inputs ?? props) as KubernetesObject;
}

function key({ kind, namespace, name }: ReturnType<typeof offender>): string {
  return `${kind}/${namespace}/${name}`;
}
