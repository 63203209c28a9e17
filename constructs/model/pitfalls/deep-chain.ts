import { beginnings, calleesOf, type PitfallRule, type Surveyed } from "./pitfall.ts";

/**
 * Calls one after another. Each adds its own latency and its own failures: of five services one behind the other that answer
 * 99.9 % each, the first answers 99.5 %, which is five times the failures.
 */
const mostCalls = 3;

export const deepChain: PitfallRule = {
  reason: "every call of a chain adds its latency and its failures to all before it",
  remedy:
    "let one that is far down be told beforehand, by an event or a copy of its data, or join two of them",
  reference:
    "https://learn.microsoft.com/en-us/azure/architecture/microservices/design/interservice-communication",
  dependsOnEnvironment: false,
  find: (surveyed) => {
    const longest = longestChains(surveyed);
    return beginnings(surveyed)
      .map(({ name }) => longest(name))
      .filter((chain) => chain.length - 1 > mostCalls)
      .map((chain) => ({
        service: chain[0] as string,
        services: chain,
        measured: `${chain.join(" -> ")} are ${chain.length - 1} calls, each waiting for the next, and more than ${mostCalls}`,
      }));
  },
};

/** The longest chain from each service; many end alike, and are followed once. */
function longestChains({ services }: Surveyed): (name: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  const longest = (name: string): readonly string[] => {
    const found = known.get(name);
    if (found !== undefined) return found;
    // Whoever comes back here along a cycle, which resolve refuses, ends here.
    known.set(name, [name]);
    const service = services.get(name);
    const below = (service ? calleesOf(service) : []).map(longest);
    const most = below.reduce<readonly string[]>(
      (one, other) => (other.length > one.length ? other : one),
      [],
    );
    known.set(name, [name, ...most]);
    return [name, ...most];
  };
  return longest;
}
