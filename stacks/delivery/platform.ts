import { type Environment, type Manifest, ProblemsError } from "../../constructs/index.ts";
import { environmentLabels } from "../../constructs/kubernetes/identity.ts";
import { environmentProblems, platformSuffix } from "../../constructs/model/environment.ts";
import { admission } from "../../policies/admission.ts";
import { describeExpired, expiredOf } from "../../policies/judgement/verdict.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";
import { Fault } from "../../tools/fault.ts";
import { policySettings } from "./policies/judgement.ts";

/**
 * What an environment needs of its cluster before its services: the policies by which the API server judges whatever is
 * put into the environment's namespaces, by whomever. docs/decisions/0028-policies-that-hold-their-parameters.md
 *
 * @throws ProblemsError with every problem of the environment, Fault (exit code 1) where it names a rule that there is not.
 */
export function renderPlatform(environment: Environment, by: readonly Rule[] = rules): readonly Manifest[] {
  const problems = environmentProblems(environment);
  if (problems.length > 0) throw new ProblemsError(problems);
  return admission(by, policySettings(environment, by), {
    environment: environment.name,
    namespaceLabels: environmentLabels(environment),
  });
}

/** @throws Fault (exit code 2) with every exemption of the environment whose last day has gone by. */
export function expectNoneExpired(environment: Environment, by: readonly Rule[] = rules): void {
  const expired = expiredOf(policySettings(environment, by));
  if (expired.length > 0) throw new Fault(expired.map(describeExpired).join("\n"), 2);
}

/** The name of an environment's platform: of its Pulumi stack, and of its folder of YAML. */
export function platformName({ name }: Pick<Environment, "name">): string {
  return `${name}${platformSuffix}`;
}

/** The name of the environment whose platform has this name; nothing where it is none's. */
export function environmentOfPlatform(platform: string): string | undefined {
  return platform.endsWith(platformSuffix) ? platform.slice(0, -platformSuffix.length) : undefined;
}
