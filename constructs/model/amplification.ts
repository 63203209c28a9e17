/** A call, as far as it makes more of one request. */
interface Trying {
  readonly callee: string;
  readonly attempts: number;
}

/** A chain of calls, and how many requests its last service may get along it for one at its first. */
export interface Chain {
  readonly services: readonly string[];
  readonly amplification: number;
}

/** What becomes of one request at a service by the time that it is one at another, which calls nobody. */
export interface Amplification {
  readonly last: string;
  /** How many chains lead there. */
  readonly chains: number;
  /** How many requests arrive where nothing is tried again: one for each way, several calls of one callee being several ways. */
  readonly asked: number;
  /** How many more arrive when every attempt is used up. */
  readonly retries: number;
  /** The chain that amplifies most. */
  readonly worst: Chain;
}

/**
 * What becomes of one request at any service: each call tries again what the next one has tried before, so attempts
 * multiply along a chain, and where chains meet again, what comes along each of them adds up. Every service is asked once,
 * for the number of chains grows faster than that of the services.
 */
export function amplifications(
  callsOf: (service: string) => readonly Trying[],
): (first: string) => readonly Amplification[] {
  const known = new Map<string, readonly Amplification[]>();
  const from = (name: string): readonly Amplification[] => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const alone = { services: [name], amplification: 1 };
    // Whoever comes back here along a cycle, which is reported by itself, ends here.
    known.set(name, [{ last: name, chains: 1, asked: 1, retries: 0, worst: alone }]);
    const steps = [...Map.groupBy(callsOf(name), ({ callee }) => callee)];
    const ways = steps.flatMap(([callee, calls]) => from(callee).map((rest) => through(name, calls, rest)));
    const ends = [...Map.groupBy(ways, ({ last }) => last).values()].map((those) => those.reduce(together));
    if (ends.length > 0) known.set(name, ends);
    return known.get(name) as readonly Amplification[];
  };
  return from;
}

/** What the calls of one callee make of what the callee makes of each. */
function through(
  caller: string,
  calls: readonly Trying[],
  { last, chains, asked, retries, worst }: Amplification,
): Amplification {
  const attempts = calls.map((call) => call.attempts);
  const tries = attempts.reduce((sum, one) => sum + one, 0);
  return {
    last,
    chains,
    asked: calls.length * asked,
    retries: (tries - calls.length) * asked + tries * retries,
    worst: {
      services: [caller, ...worst.services],
      amplification: Math.max(...attempts) * worst.amplification,
    },
  };
}

function together(one: Amplification, other: Amplification): Amplification {
  return {
    last: one.last,
    chains: one.chains + other.chains,
    asked: one.asked + other.asked,
    retries: one.retries + other.retries,
    worst: other.worst.amplification > one.worst.amplification ? other.worst : one.worst,
  };
}
