import { Duration } from "cdk8s";
import type { FieldProblem, Shop } from "./concern.ts";
import type { ResolvedService } from "./resolve.ts";
import { milliseconds, spell } from "./units.ts";

/** What cannot work along the calls of several services. */
export function graphProblems(service: ResolvedService, shop: Shop): FieldProblem[] {
  return [...timeoutsThatCannotNest(service, shop), ...cycles(service, shop)];
}

/** A caller gives up after its timeout, so all tries of what its callee calls must fit into it. */
function timeoutsThatCannotNest(service: ResolvedService, { services }: Shop): FieldProblem[] {
  return service.calls.flatMap((outer, index) =>
    (services.get(outer.callee)?.calls ?? []).flatMap((inner) => {
      const all = inner.attempts * milliseconds(inner.timeout);
      if (all <= milliseconds(outer.timeout)) return [];
      const needed = spell(Duration.millis(all));
      return {
        field: `calls[${index}].timeout`,
        value: outer.timeout,
        rule: `but ${outer.callee} may take ${needed} to call ${inner.callee} (${inner.attempts} x ${spell(inner.timeout)})`,
        remedy: `raise it to ${needed} or more, or lower the timeout or attempts of ${outer.callee}`,
      };
    }),
  );
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
