import { loadAll } from "js-yaml";
import type { Manifest } from "../../constructs/index.ts";
import { admission } from "../../policies/admission.ts";
import type { Rule } from "../../policies/rule.ts";
import { baseline, restricted } from "../../policies/rules/pod-security/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { environments } from "../../stacks/environments.ts";
import { shop } from "../../stacks/shop.ts";
import { inBuiltInKinds } from "../e2e/checkers/checker.ts";

/** The Pod Security Standard, as we write it. */
export const standard: readonly Rule[] = [...baseline, ...restricted];

/** So many objects: production of MountainPass as often as it takes, each time in namespaces of its own. */
export function judgedObjects(count: number): Manifest[] {
  const objects: Manifest[] = [];
  for (let copy = 1; objects.length < count; copy += 1) {
    const environment = { ...environments.production, namespacePrefix: `production-${copy}-` };
    objects.push(...renderShop(shop, environment).flatMap(({ manifests }) => manifests));
  }
  return inBuiltInKinds(objects).slice(0, count);
}

/** What breaks the standard: the failing examples of its rules, each under a name of its own. */
export function offenders(): Manifest[] {
  return standard.flatMap(({ id, examples }) =>
    inBuiltInKinds(examples.fail.flatMap((stream) => loadAll(stream) as Manifest[])).map((object, index) => ({
      ...object,
      metadata: { ...object.metadata, name: `${id}-${index}`, namespace: "offenders" },
    })),
  );
}

/** Rules as ValidatingAdmissionPolicies whose CEL is that of the rule, with neither exemptions nor parameters. */
export function plainPolicies(judgedBy: readonly Rule[]): Manifest[] {
  const jurisdiction = { environment: "bench", namespaceLabels: {} };
  return judgedBy.map((rule) => {
    const policies = admission([rule], { level: "mandatory", today: "" }, jurisdiction) as Manifest[];
    const [{ spec, ...policy }] = policies as [Manifest];
    const { variables = [], validations } = rule;
    return { ...policy, metadata: { name: rule.id }, spec: { ...(spec as object), variables, validations } };
  });
}
