import type { ResolvedService } from "../resolve.ts";
import { beginnings, calleesOf, callersOf, type PitfallRule, type Surveyed } from "./pitfall.ts";

/** Two callers are two edges to look after; what three and more cannot do without, the shop cannot. */
const fewestCallers = 3;

export const singlePointOfFailure: PitfallRule = {
  reason: "when it fails, every chain of calls fails, and nobody tries again or answers without it",
  remedy: "give its callers attempts where that is safe, or a degraded answer",
  reference: "https://sre.google/sre-book/addressing-cascading-failures/",
  dependsOnEnvironment: false,
  find: (surveyed) => {
    const first = beginnings(surveyed);
    return [...surveyed.services.keys()].flatMap((name) => {
      const callers = callersOf(name, surveyed);
      if (callers.length < fewestCallers || callers.some((caller) => isCushioned(caller, name))) return [];
      if (!first.every((beginning) => reaches(beginning.name, name, surveyed))) return [];
      const names = callers.map((caller) => caller.name);
      return {
        service: name,
        services: [name, ...names],
        measured: `${names.join(", ")} call it once and have no answer without it, and no chain of calls goes past it`,
      };
    });
  },
};

function isCushioned({ calls }: ResolvedService, callee: string): boolean {
  return calls.some((call) => call.callee === callee && (call.attempts > 1 || call.degraded !== undefined));
}

function reaches(from: string, to: string, { services }: Surveyed): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    const service = services.get(name);
    for (const callee of service ? calleesOf(service) : []) seen.add(callee);
  }
  return seen.has(to);
}
