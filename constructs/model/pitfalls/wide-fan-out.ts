import { calleesOf, type PitfallRule } from "./pitfall.ts";

/**
 * Services that one service calls. It is slow whenever one of them is: with six that are slow once in a hundred times, once
 * in seventeen.
 */
const mostCallees = 5;

export const wideFanOut: PitfallRule = {
  reason: "whoever asks many is as slow as the slowest of them, and fails when any of them fails",
  remedy:
    "keep a copy of what changes seldom, give those that matter less a degraded answer, or split the service",
  reference: "https://research.google/pubs/the-tail-at-scale/",
  dependsOnEnvironment: false,
  find: ({ services }) =>
    [...services.values()].flatMap((service) => {
      const callees = calleesOf(service);
      if (callees.length <= mostCallees) return [];
      return {
        service: service.name,
        services: [service.name, ...callees],
        measured: `it calls ${callees.length} services (${callees.join(", ")}), and more than ${mostCallees}`,
      };
    }),
};
