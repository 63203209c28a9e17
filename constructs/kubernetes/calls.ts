import { callVariables } from "../model/configuration.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { milliseconds } from "../model/units.ts";
import type { Manifest } from "./manifest.ts";
import { edge } from "./network.ts";
import type { ContainerPart } from "./pod.ts";

/** One set of objects an edge of the call graph; the caller owns it, so that it can be deployed alone. */
export function callManifests(service: ResolvedService): Manifest[] {
  const from = {
    service: service.name,
    namespace: service.namespace,
    components: ["service", "job"],
  } as const;
  return service.calls.flatMap(({ callee, namespace, port }) =>
    edge(service, from, { service: callee, namespace, components: ["service"] }, port),
  );
}

/** Where the callees are, how long to wait, and how often to try. */
export function callsPart({ calls }: ResolvedService): ContainerPart {
  return {
    env: calls.flatMap(({ callee, url, timeout, attempts }) => {
      const names = callVariables(callee);
      return [
        { name: names.url, value: url },
        { name: names.timeout, value: `${milliseconds(timeout)}ms` },
        { name: names.attempts, value: String(attempts) },
      ];
    }),
  };
}
