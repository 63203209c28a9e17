import { z } from "zod";
import type { FieldProblem, Shop } from "./concern.ts";
import { meantRequest, overlap, requestName } from "./requests.ts";
import type { ResolvedService } from "./resolve.ts";
import { longestTimeout } from "./retries.ts";
import { milliseconds, spell } from "./units.ts";

export const publicRequests = z
  .array(requestName)
  .min(1, "must name at least one; leave it out where nothing is for the world outside");

/** What is wrong with what the world outside may ask. */
export function publicProblems(service: ResolvedService, shop: Shop): FieldProblem[] {
  return [
    ...unknownRequests(service),
    ...requestsTwice(service),
    ...requestsOfOthers(service, shop),
    ...callsTooLong(service),
  ];
}

function unknownRequests({ name, api }: ResolvedService): FieldProblem[] {
  if (api.answersAnything) return [];
  return api.public
    .map((request) => request.name)
    .filter((request) => !api.requests.some((one) => one.name === request))
    .map((value) => ({
      field: "api.public",
      value,
      rule: `but ${name} has no such request`,
      remedy: meantRequest(value, api, name),
    }));
}

function requestsTwice({ api }: ResolvedService): FieldProblem[] {
  const names = api.public.map((request) => request.name);
  return names
    .filter((name, index) => names.indexOf(name) < index)
    .map((value) => ({
      field: "api.public",
      value,
      rule: "but it stands there already",
      remedy: "name it once",
    }));
}

/** All services share the gateway's host; of two that answer one request, the older would get it. */
function requestsOfOthers(service: ResolvedService, { services }: Shop): FieldProblem[] {
  const before = [...services.values()].slice(0, [...services.keys()].indexOf(service.name));
  return service.api.public.flatMap((request) =>
    before.flatMap(({ name, api }) => {
      const taken = api.public.find((other) => overlap(request, other));
      if (taken === undefined) return [];
      return {
        field: "api.public",
        value: request.name,
        rule: `but the world asks ${taken.name} of ${name}`,
        remedy: "let the two differ in a plain segment",
      };
    }),
  );
}

/** Who waits outside gives up as well. */
function callsTooLong({ api, calls }: ResolvedService): FieldProblem[] {
  const [request] = api.public;
  if (request === undefined) return [];
  return calls
    .filter(({ budget }) => milliseconds(budget) > milliseconds(longestTimeout))
    .map(({ callee, budget }) => ({
      field: "api.public",
      value: request.name,
      rule: `but to call ${callee} may take ${spell(budget)}, and the gateway waits for ${spell(longestTimeout)}`,
      remedy: `lower the timeout or attempts of the call to ${callee}`,
    }));
}
