import type { ResolvedService } from "../resolve.ts";
import { calleesOf, callersOf, type PitfallRule, type Surveyed } from "./pitfall.ts";

/** As many as are done to one resource: list, read, create, change, delete. Who asks more knows the insides of the other. */
const mostRequests = 5;

export const chattyPair: PitfallRule = {
  reason: "what one team changes together and nobody else asks for pays a network between its two halves",
  remedy: "make them one service, or ask for more at once",
  reference: "https://learn.microsoft.com/en-us/azure/architecture/antipatterns/chatty-io/",
  dependsOnEnvironment: false,
  find: (surveyed) =>
    [...surveyed.services.values()].flatMap((caller) =>
      calleesOf(caller)
        .filter((callee) => isOnlyFor(callee, caller, surveyed))
        .map((callee) => ({ callee, asked: asked(caller, callee) }))
        .filter(({ asked }) => asked > mostRequests)
        .map(({ callee, asked }) => ({
          service: caller.name,
          services: [caller.name, callee],
          measured: `it asks ${asked} kinds of requests of ${callee}, more than ${mostRequests}; both are of ${caller.owner}, and nobody else calls ${callee}`,
        })),
    ),
};

function isOnlyFor(name: string, caller: ResolvedService, surveyed: Surveyed): boolean {
  const callee = surveyed.services.get(name);
  return (
    callee?.owner === caller.owner && callee.api.public.length === 0 && callersOf(name, surveyed).length === 1
  );
}

/** An API that names no requests says nothing of how it is asked. */
function asked({ calls }: ResolvedService, name: string): number {
  return calls
    .filter(({ callee }) => callee === name)
    .flatMap(({ requests }) => requests)
    .filter(({ methods }) => methods.length === 1).length;
}
