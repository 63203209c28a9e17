import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { type Environment, resolve, type Service } from "../../../constructs/index.ts";
import { hostOf } from "../../../constructs/model/names.ts";
import type { ResolvedService } from "../../../constructs/model/resolve.ts";
import type { Changes } from "./steps.ts";

/** What a service that runs asks of another one. */
export interface StillAsked {
  readonly caller: string;
  readonly request: string;
}

/**
 * What callers ask of a service as they run, and its new description no longer answers: deployed before them, it would
 * break them. Told by their routes, so that without a mesh there is nothing to tell it by.
 */
export function stillAsked(
  changes: Changes,
  services: readonly Service[],
  environment: Environment,
  callee: string,
): StillAsked[] {
  const described = resolve(services, environment).find(({ name }) => name === callee);
  if (described === undefined) return [];
  const host = hostOf(callee, described.namespace);
  return [...changes.services]
    .filter(([caller]) => caller !== callee)
    .flatMap(([caller, steps]) =>
      steps
        .flatMap(({ oldState }) => asked(host, oldState?.inputs as IVirtualService | undefined))
        .filter((one) => !answers(described.api, one))
        .map(({ request, port }) => ({ caller, request: `${request} at port ${port}` })),
    );
}

interface Asked {
  readonly request: string;
  readonly port: number | undefined;
}

/** The requests of the routes to a host; what is refused at home has no destination. */
function asked(host: string, routes: IVirtualService | undefined): Asked[] {
  if (routes?.kind !== "VirtualService" || !routes.spec?.hosts?.includes(host)) return [];
  return (routes.spec.http ?? []).flatMap(({ name: request = "", route = [] }) =>
    route.map(({ destination }) => ({ request, port: destination.port?.number })),
  );
}

function answers({ answersAnything, requests, port }: ResolvedService["api"], asked: Asked): boolean {
  return asked.port === port && (answersAnything || requests.some(({ name }) => name === asked.request));
}
