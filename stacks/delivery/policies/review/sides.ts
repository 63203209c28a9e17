import { type Settings, verdict } from "../../../../policies/judgement/verdict.ts";
import type { Rule } from "../../../../policies/rule.ts";
import type { OtherSide } from "../../revision.ts";
import type { JudgedBy } from "../judged-by.ts";
import type { Compared, Judged, ReviewedService } from "./review.ts";

interface Present {
  readonly environment: string;
  readonly services: readonly ReviewedService[];
  readonly settings: Settings;
  readonly judgedBy: JudgedBy;
}

/** An environment judged as it is. */
export function judged(
  rules: readonly Rule[],
  { environment, services, settings, judgedBy }: Present,
): Judged {
  const { today } = settings;
  const found = verdict(rules, manifestsOf(services), settings);
  return { environment, today, services, rules, judgedBy, verdict: found };
}

/**
 * The same environment elsewhere, judged by today's rules: by its own levels, parameters and exemptions where it says
 * them, else by today's.
 */
export function compared(rules: readonly Rule[], name: string, side: OtherSide, now: Settings): Compared {
  if (side.lacks !== undefined)
    return { name, isNew: true, services: [], verdict: { findings: [], expired: [], unused: [] } };
  const { services, judgedBy } = side;
  const settings = judgedBy ? settingsThere(judgedBy, now) : now;
  const found = verdict(rules, manifestsOf(services), settings);
  return { name, isNew: false, services, ...(judgedBy && { judgedBy }), verdict: found };
}

function manifestsOf(services: readonly ReviewedService[]) {
  return services.flatMap(({ manifests }) => manifests);
}

/** A rule that is new here would have had the level that it has now. */
function settingsThere({ rules: then, parameters, exemptions }: JudgedBy, now: Settings): Settings {
  const levels = Object.entries(then).map(([id, { level }]) => [id, level] as const);
  return { ...now, levels: { ...now.levels, ...Object.fromEntries(levels) }, parameters, exemptions };
}
