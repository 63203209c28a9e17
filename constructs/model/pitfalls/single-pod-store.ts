import { callersOf, type PitfallRule } from "./pitfall.ts";

export const singlePodStore: PitfallRule = {
  reason: "a service has as few replicas as its store: while that one pod is away, none of them answers",
  remedy: 'give the environment a managed store, such as stores: { postgres: { kind: "managed", … } }',
  reference: "https://kubernetes.io/docs/tasks/run-application/run-single-instance-stateful-application/",
  dependsOnEnvironment: true,
  find: (surveyed) => {
    const { minimumReplicas, name: environment } = surveyed.environment;
    // Where one replica of each service will do, one of its store will do as well.
    if (minimumReplicas === 1) return [];
    return [...surveyed.services.values()].flatMap(({ name, database }) => {
      if (database?.store.kind !== "statefulset") return [];
      const callers = callersOf(name, surveyed).map((caller) => caller.name);
      const leaning = callers.length > 0 ? `, on which ${callers.join(", ")} lean as well` : "";
      return {
        service: name,
        services: [name, ...callers],
        measured: `${database.name} is one pod${leaning}, while ${environment} runs at least ${minimumReplicas} of each service`,
      };
    });
  },
};
