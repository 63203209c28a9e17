import type { ResolvedCall } from "./calls.ts";
import type { FieldProblem, Shop } from "./concern.ts";
import type { ResolvedService } from "./resolve.ts";
import { backOffs, mostAttempts } from "./retries.ts";
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

/** A chain of calls, and how many requests its last service may get for one at its first. */
export interface Chain {
  readonly services: readonly string[];
  readonly amplification: number;
}

type Services = Shop["services"];

/** Many chains end alike, and their number grows faster than that of the services. */
const worstChains = new WeakMap<Services, Map<string, Chain>>();

/**
 * The chain that amplifies most of those that begin at a service: each call tries again what the next one has tried
 * before, so attempts multiply.
 */
export function worstChain(start: string, services: Services): Chain {
  const known = worstChains.get(services) ?? new Map<string, Chain>();
  worstChains.set(services, known);
  const worst = (name: string): Chain => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const alone = { services: [name], amplification: 1 };
    // Whoever comes back here along a cycle, which is reported by itself, ends here.
    known.set(name, alone);
    const chains = (services.get(name)?.calls ?? []).map((call) => prolonged(name, call, worst(call.callee)));
    const most = chains.reduce(morePowerful, alone);
    known.set(name, most);
    return most;
  };
  return worst(start);
}

function prolonged(caller: string, { attempts }: ResolvedCall, chain: Chain): Chain {
  return { services: [caller, ...chain.services], amplification: attempts * chain.amplification };
}

function morePowerful(one: Chain, other: Chain): Chain {
  return other.amplification > one.amplification ? other : one;
}

/** What one edge may not do, a chain of them may not do either; reported where it begins to be too much. */
function amplifyingChains(service: ResolvedService, { services }: Shop): FieldProblem[] {
  return service.calls.flatMap((call, index) => {
    const rest = worstChain(call.callee, services);
    const { services: way, amplification } = prolonged(service.name, call, rest);
    if (amplification <= mostAttempts || rest.amplification > mostAttempts) return [];
    return {
      field: `calls[${index}].attempts`,
      value: call.attempts,
      rule: `but of one request ${amplification} may become, and at most ${mostAttempts} are sound: ${way.join(" -> ")}`,
      remedy: "retry at one of these calls alone, best at the last",
    };
  });
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
