import { amplifications } from "./amplification.ts";
import type { ResolvedCall } from "./calls.ts";
import type { FieldProblem, Shop } from "./concern.ts";
import type { ResolvedService } from "./resolve.ts";
import { backOffs, mostRetries } from "./retries.ts";
import { milliseconds, spell } from "./units.ts";

/** What cannot work along the calls of several services. */
export function graphProblems(service: ResolvedService, shop: Shop): FieldProblem[] {
  return [
    ...timeoutsThatCannotNest(service, shop),
    ...amplifyingChains(service, shop),
    ...cycles(service, shop),
  ];
}

/** A caller gives up after its timeout, so all tries of what its callee calls must fit into it. */
function timeoutsThatCannotNest(service: ResolvedService, { services }: Shop): FieldProblem[] {
  return service.calls.flatMap((outer, index) =>
    (services.get(outer.callee)?.calls ?? []).flatMap((inner) => {
      if (milliseconds(inner.budget) <= milliseconds(outer.timeout)) return [];
      const needed = spell(inner.budget);
      return {
        field: `calls[${index}].timeout`,
        value: outer.timeout,
        rule: `but ${outer.callee} may take ${needed} to call ${inner.callee} (${spellBudget(inner)})`,
        remedy: `raise it to ${needed} or more, or lower the timeout or attempts of ${outer.callee}`,
      };
    }),
  );
}

/** `3 x 200 ms and 100 ms between them` */
function spellBudget({ attempts, timeout }: ResolvedCall): string {
  const waits = attempts > 1 ? ` and ${spell(backOffs(attempts))} between them` : "";
  return `${attempts} x ${spell(timeout)}${waits}`;
}

type Services = Shop["services"];

/** The services of a shop ask the same of each other. */
const known = new WeakMap<Services, ReturnType<typeof amplifications>>();

function amplificationsIn(services: Services): ReturnType<typeof amplifications> {
  const found = known.get(services) ?? amplifications((name) => services.get(name)?.calls ?? []);
  known.set(services, found);
  return found;
}

/** What one edge may not do, all chains between two services may not do either; reported where they begin to be too much. */
function amplifyingChains(service: ResolvedService, { services }: Shop): FieldProblem[] {
  const from = amplificationsIn(services);
  const tooMuch = (name: string) => from(name).filter(({ retries }) => retries > mostRetries);
  const below = new Set(service.calls.flatMap(({ callee }) => tooMuch(callee).map(({ last }) => last)));
  return tooMuch(service.name)
    .filter(({ last }) => !below.has(last))
    .map(({ last, chains, retries, worst }) => {
      const index = mostTrying(service.calls, worst.services[1] as string);
      const others = chains > 1 ? ` and ${chains - 1} more` : "";
      return {
        field: `calls[${index}].attempts`,
        value: service.calls[index]?.attempts,
        rule: `but for one request retries may add ${retries} at ${last}, and at most ${mostRetries} are sound: ${worst.services.join(" -> ")}${others}`,
        remedy: "retry at fewer of these calls, best at the last alone",
      };
    });
}

/** Of the calls of a callee the one with most attempts. */
function mostTrying(calls: readonly ResolvedCall[], callee: string): number {
  const indices = calls.flatMap((call, index) => (call.callee === callee ? [index] : []));
  const attempts = (index: number) => calls[index]?.attempts ?? 0;
  return indices.reduce((most, index) => (attempts(index) > attempts(most) ? index : most));
}

/** Each cycle is reported once, at its alphabetically first service. */
function cycles(service: ResolvedService, shop: Shop): FieldProblem[] {
  const cycle = shortestWayBack(service.name, shop);
  if (cycle === undefined || cycle.some((name) => name < service.name)) return [];
  const way = [...cycle, service.name].join(" -> ");
  const next = cycle[1] ?? service.name;
  return [
    {
      field: `calls[${service.calls.findIndex(({ callee }) => callee === next)}]`,
      value: next,
      rule: `but the services would wait for each other: ${way}`,
      remedy: "take one of these calls out",
    },
  ];
}

/** Breadth first, so that the cycle that is shown is a short one. */
function shortestWayBack(start: string, { services }: Shop): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const { callee } of services.get(way.at(-1) as string)?.calls ?? []) {
      if (callee === start) return way;
      if (!seen.has(callee)) ways.push([...way, callee]);
      seen.add(callee);
    }
  }
  return undefined;
}
