import type { Environment, PolicyParameters, RenderedService } from "../../../constructs/index.ts";
import { didYouMean } from "../../../constructs/model/problem.ts";
import { describe } from "../../../policies/judgement/judge.ts";
import {
  describeExpired,
  failures,
  type Level,
  type Settings,
  today,
  type Verdict,
  verdict,
} from "../../../policies/judgement/verdict.ts";
import type { Rule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { imageDigests } from "../../../policies/rules/supply-chain/image-digests.ts";
import { Fault } from "../../../tools/fault.ts";
import { visible } from "../../../tools/terminal.ts";

/**
 * Judges the finished objects of an environment by the policies: the kit's, or those and the shop's own.
 * @throws Fault (exit code 2) with every violation of a mandatory rule, and every exemption that has expired.
 */
export function judgeShop(
  shop: readonly RenderedService[],
  environment: Environment,
  by: readonly Rule[] = rules,
): Verdict {
  const settings = policySettings(environment, by);
  const found = verdict(
    by,
    shop.flatMap(({ manifests }) => manifests),
    settings,
  );
  const wrong = [...failures(found).map(describe), ...found.expired.map(describeExpired)];
  if (wrong.length > 0) throw new Fault(wrong.map(visible).join("\n"), 2);
  return found;
}

/**
 * How an environment is judged today.
 * @throws Fault (exit code 1) where it names a rule that there is not.
 */
export function policySettings(environment: Environment, by: readonly Rule[] = rules): Settings {
  const settings = settingsOf(environment);
  const known = new Set(by.map(({ id }) => id));
  const unknown = [
    ...Object.keys(environment.policies?.levels ?? {}).map((id) => ({ id, field: `policies.levels.${id}` })),
    ...(settings.exemptions ?? []).map(({ rule }, index) => ({
      id: rule,
      field: `policies.exemptions[${index}].rule`,
    })),
  ].filter(({ id }) => !known.has(id));
  if (unknown.length > 0)
    throw new Fault(
      unknown
        .map(
          ({ id, field }) =>
            `environment ${environment.name}: ${field}: ${id} is no rule; ${didYouMean(id, known, "pressurevalve policy explain lists them")}`,
        )
        .join("\n"),
      1,
    );
  return settings;
}

/** The same, whether there are such rules or not. */
export function settingsOf({ policies, unpinnedImages }: Environment): Settings {
  const { level, levels = {}, parameters = {}, exemptions = [] } = policies ?? { level: "mandatory" };
  return {
    level,
    levels: { ...(unpinnedImages === "allowed" && unpinned), ...levels },
    parameters: parameterData(parameters),
    exemptions: exemptions.map((exemption) => ({
      ...exemption,
      object: { namespace: "", ...exemption.object },
    })),
    today: today(),
  };
}

/** An environment that allows unpinned images is judged without the rule that refuses them. */
const unpinned: Readonly<Record<string, Level>> = { [imageDigests.id]: "disabled" };

/** As rules read them: a name and a text. */
function parameterData({ registries, ...bounds }: PolicyParameters): Record<string, string> {
  const numbers = Object.entries(bounds).map(([name, value]) => [name, String(value)]);
  return { ...(registries && { registries: registries.join(",") }), ...Object.fromEntries(numbers) };
}
