import type { ResolvedCall } from "../model/calls.ts";
import { callVariables, eurekaVariables } from "../model/configuration.ts";
import type { ResolvedRequest } from "../model/requests.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { milliseconds } from "../model/units.ts";
import { edge, edgeOut } from "./edges.ts";
import type { Manifest } from "./manifest.ts";
import type { ContainerPart } from "./pod.ts";

/** One set of objects an edge of the call graph; the caller owns it, so that it can be deployed alone. */
export function callManifests(service: ResolvedService): Manifest[] {
  const from = {
    service: service.name,
    namespace: service.namespace,
    components: ["service", "job"],
  } as const;
  return callees(service).flatMap((calls) => {
    const [{ callee, namespace, port, external }] = calls;
    if (external?.place) return edgeOut(service, from, `to-${callee}`, external.place);
    const requests = calls.flatMap((call) => call.requests);
    return edge(service, from, { service: callee, namespace, components: ["service"] }, port, requests);
  });
}

/** The calls of each callee, in the order in which they are declared. */
export function callees({ calls }: ResolvedService): [ResolvedCall, ...ResolvedCall[]][] {
  return [...Map.groupBy(calls, ({ callee }) => callee).values()] as [ResolvedCall, ...ResolvedCall[]][];
}

/** Where the callees are, what they may be asked, how long to wait, and how often to try. */
export function callsPart(service: ResolvedService): ContainerPart {
  return {
    env: callees(service).flatMap((calls) => {
      const [{ callee, kind, url, external }] = calls;
      const clients = calls.map(({ client }) => client);
      const names = callVariables(callee);
      return [
        { name: names.url, value: url },
        { name: names.protocol, value: kind },
        { name: names.requests, value: listed(calls.flatMap(({ requests }) => requests)) },
        // Of several calls: none is cut off, and none is repeated that may not be.
        {
          name: names.timeout,
          value: `${Math.max(...clients.map(({ timeout }) => milliseconds(timeout)))}ms`,
        },
        { name: names.attempts, value: String(Math.min(...clients.map(({ attempts }) => attempts))) },
        ...(external?.registry === "eureka" ? eurekaClient(service, url) : []),
      ];
    }),
  };
}

/** As the description names them; no name has a comma before a space. */
export function listed(requests: readonly ResolvedRequest[]): string {
  return requests.map(({ name, streaming }) => (streaming ? `stream ${name}` : name)).join(", ");
}

/** Registers the Service, behind which are those pods that are ready; a pod's own address is gone with the pod. */
function eurekaClient({ api }: ResolvedService, url: string) {
  return [
    { name: eurekaVariables.server, value: `${url}/eureka/` },
    { name: eurekaVariables.hostname, value: new URL(api.url).hostname },
    { name: eurekaVariables.preferIpAddress, value: "false" },
  ];
}
