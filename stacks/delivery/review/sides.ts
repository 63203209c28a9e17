import { rules, type Settings, verdict } from "../../../policies/index.ts";
import type { JudgedBy } from "../judged-by.ts";
import type { OtherSide } from "../revision.ts";
import type { Compared, Judged, ReviewedService } from "./review.ts";

/** An environment judged as it is. */
export function judged(
  environment: string,
  services: readonly ReviewedService[],
  settings: Settings,
  judgedBy: JudgedBy,
): Judged {
  return {
    environment,
    today: settings.today,
    services,
    rules,
    judgedBy,
    verdict: verdict(rules, manifestsOf(services), settings),
  };
}

/**
 * The same environment elsewhere, judged by today's rules: by its own levels, parameters and exemptions where it says
 * them, else by today's.
 */
export function compared(name: string, side: OtherSide, settings: Settings): Compared {
  if (side.lacks !== undefined)
    return { name, isNew: true, services: [], verdict: { findings: [], expired: [], unused: [] } };
  const { services, judgedBy } = side;
  const objects = manifestsOf(services);
  return {
    name,
    isNew: false,
    services,
    ...(judgedBy && { judgedBy }),
    verdict: verdict(rules, objects, judgedBy ? settingsThere(judgedBy, settings) : settings),
  };
}

function manifestsOf(services: readonly ReviewedService[]) {
  return services.flatMap(({ manifests }) => manifests);
}

/** A rule that is new here would have had the level that it has now. */
function settingsThere({ rules: then, parameters, exemptions }: JudgedBy, now: Settings): Settings {
  const levels = Object.entries(then).map(([id, { level }]) => [id, level] as const);
  return { ...now, levels: { ...now.levels, ...Object.fromEntries(levels) }, parameters, exemptions };
}
