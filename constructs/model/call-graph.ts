import { type Amplification, amplifications } from "./amplification.ts";
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

/** What is too much along some chains, and whose call is tried most often there. */
interface Excess {
  readonly caller: string;
  readonly problem: FieldProblem;
}

/** The services of a shop ask the same of each other. */
const known = new WeakMap<Services, ReadonlyMap<string, readonly Excess[]>>();

/** What one edge may not do, all chains between two services may not do either; reported to whoever has the most to lower. */
function amplifyingChains({ name }: ResolvedService, { services }: Shop): FieldProblem[] {
  const found = known.get(services) ?? Map.groupBy(excesses(services), ({ caller }) => caller);
  known.set(services, found);
  return (found.get(name) ?? []).map(({ problem }) => problem);
}

/** Each where it begins to be too much, and not once more at every caller above. */
function excesses(services: Services): Excess[] {
  const from = amplifications((name) => services.get(name)?.calls ?? []);
  const tooMuch = (name: string) => from(name).filter(({ retries }) => retries > mostRetries);
  return [...services.values()].flatMap(({ name, calls }) => {
    const below = new Set(calls.flatMap(({ callee }) => tooMuch(callee).map(({ last }) => last)));
    return tooMuch(name)
      .filter(({ last }) => !below.has(last))
      .map((amplification) => excess(amplification, services));
  });
}

function excess({ last, chains, retries, worst }: Amplification, services: Services): Excess {
  const { caller, index, attempts } = mostTrying(worst.services, services);
  const others = chains > 1 ? ` and ${chains - 1} more` : "";
  return {
    caller,
    problem: {
      field: `calls[${index}].attempts`,
      value: attempts,
      rule: `but for one request retries may add ${retries} at ${last}, and at most ${mostRetries} are sound: ${worst.services.join(" -> ")}${others}`,
      remedy: "retry at fewer of these calls, best at the last alone",
    },
  };
}

/** Of the calls along a chain the one with most attempts, and of several such the first. */
function mostTrying(chain: readonly string[], services: Services) {
  const calls = chain
    .slice(0, -1)
    .flatMap((caller, place) =>
      (services.get(caller)?.calls ?? []).flatMap(({ callee, attempts }, index) =>
        callee === chain[place + 1] ? [{ caller, index, attempts }] : [],
      ),
    );
  return calls.reduce((most, call) => (call.attempts > most.attempts ? call : most));
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
