import type { ResolvedService } from "../resolve.ts";
import { longestTimeout } from "../retries.ts";
import { milliseconds } from "../units.ts";
import { calleesOf, callersOf, type PitfallRule, type Surveyed } from "./pitfall.ts";

/** Each call alone fits the timeout of whoever calls the caller, or it is a problem; all of them together need not. */
export const sequentialCalls: PitfallRule = {
  reason:
    "asked one after another, a slow day of each makes the caller give up before the last of them was asked",
  remedy: "ask them at the same time and waive this, or lower the timeouts until their sum fits",
  reference: "https://sre.google/sre-book/addressing-cascading-failures/",
  dependsOnEnvironment: false,
  find: (surveyed) =>
    [...surveyed.services.values()].flatMap((service) => {
      const budgets = longestBudgets(service);
      const sum = budgets.reduce((total, { budget }) => total + budget, 0);
      const patience = shortestPatience(service, surveyed);
      if (budgets.length < 2 || patience === undefined || sum <= patience.timeout) return [];
      const calls = budgets.map(({ callee, budget }) => `${callee} ${budget} ms`).join(", ");
      return {
        service: service.name,
        services: [service.name, ...calleesOf(service)],
        measured: `its calls (${calls}) may take ${sum} ms one after another, and ${patience.caller} waits for ${patience.timeout} ms`,
      };
    }),
};

/** Of several calls of one callee the longest: they are asked on different occasions. */
function longestBudgets({ calls }: ResolvedService): { callee: string; budget: number }[] {
  return [...Map.groupBy(calls, ({ callee }) => callee)].map(([callee, those]) => ({
    callee,
    budget: Math.max(...those.map(({ budget }) => milliseconds(budget))),
  }));
}

/** Who waits the least for an answer of the service. */
function shortestPatience(service: ResolvedService, surveyed: Surveyed) {
  const waiting = callersOf(service.name, surveyed).flatMap(({ name: caller, calls }) =>
    calls
      .filter(({ callee }) => callee === service.name)
      .map(({ timeout }) => ({ caller, timeout: milliseconds(timeout) })),
  );
  const outside =
    service.api.public.length > 0 ? [{ caller: "the gateway", timeout: milliseconds(longestTimeout) }] : [];
  return [...waiting, ...outside].sort((one, other) => one.timeout - other.timeout)[0];
}
