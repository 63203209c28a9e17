import { printable } from "../problem.ts";
import type { ResolvedService } from "../resolve.ts";
import { chattyPair } from "./chatty-pair.ts";
import { deepChain } from "./deep-chain.ts";
import type { Pitfall, PitfallId, PitfallRule, Surveyed } from "./pitfall.ts";
import { sequentialCalls } from "./sequential-calls.ts";
import { singlePodStore } from "./single-pod-store.ts";
import { singlePointOfFailure } from "./single-point-of-failure.ts";
import { wideFanOut } from "./wide-fan-out.ts";

const rules: { readonly [Id in PitfallId]: PitfallRule } = {
  "deep-chain": deepChain,
  "wide-fan-out": wideFanOut,
  "sequential-calls": sequentialCalls,
  "single-pod-store": singlePodStore,
  "single-point-of-failure": singlePointOfFailure,
  "chatty-pair": chattyPair,
};

/**
 * The pitfalls of microservices that a shop has walked into and nobody has waived, and the waivers that waive nothing or whose
 * day has passed. What `resolve` gives is the argument; `today`, as `2027-01-31`, is by what waivers end.
 */
export function pitfalls(services: readonly ResolvedService[], today: string): readonly Pitfall[] {
  const [first] = services;
  if (first === undefined) return [];
  const surveyed = {
    services: new Map(services.map((service) => [service.name, service])),
    environment: first.environment,
  };
  const found = foundIn(surveyed);
  return [
    ...found.filter(({ id, service }) => !isWaived(id, surveyed.services.get(service), today)),
    ...services.flatMap((service) => idleWaivers(service, found, today)),
  ];
}

function foundIn(surveyed: Surveyed): Pitfall[] {
  return (Object.entries(rules) as [PitfallId, PitfallRule][]).flatMap(
    ([id, { find, reason, remedy, reference }]) =>
      find(surveyed).map((finding) => ({ id, ...finding, reason, remedy, reference })),
  );
}

function isWaived(id: Pitfall["id"], service: ResolvedService | undefined, today: string): boolean {
  return service?.waivers.some((waiver) => waiver.pitfall === id && !isPast(waiver.until, today)) === true;
}

/** The day itself counts. */
function isPast(until: string | undefined, today: string): boolean {
  return until !== undefined && until < today;
}

function idleWaivers(
  { name, waivers }: ResolvedService,
  found: readonly Pitfall[],
  today: string,
): Pitfall[] {
  return waivers.flatMap(({ pitfall, until }): Pitfall[] => {
    const about = { service: name, services: [name] };
    if (isPast(until, today))
      return [
        {
          ...about,
          id: "expired-waiver",
          measured: `its waiver of ${pitfall} ended on ${until}`,
          reason: "what was to be mended by then is not waived any more",
          remedy: "mend it and take the waiver out, or say anew why it stays",
        },
      ];
    const waives = found.some(({ id, service }) => id === pitfall && service === name);
    if (waives || rules[pitfall].dependsOnEnvironment) return [];
    return [
      {
        ...about,
        id: "spare-waiver",
        measured: `its waiver of ${pitfall} waives nothing`,
        reason: "it would hide the next one",
        remedy: "take it out",
      },
    ];
  });
}

/** A pitfall as one line for a person: service, which one, what was measured, why it hurts, what to do. */
export function describePitfall({ id, service, measured, reason, remedy, reference }: Pitfall): string {
  const what = `${printable(service)}: ${id}: ${measured}; ${reason}`;
  if (reference === undefined) return `${what}; ${remedy}`;
  return `${what} (${reference}); ${remedy}, or say in its waivers why it stays`;
}
