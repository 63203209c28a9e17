import type { V1Deployment } from "@kubernetes/client-node";
import { type Environment, resolve, type Service } from "../../../constructs/index.ts";
import { callVariables } from "../../../constructs/model/configuration.ts";
import type { ResolvedService } from "../../../constructs/model/resolve.ts";
import { type Changes, isWorkload } from "./steps.ts";

/** What a service that runs asks of another one. */
export interface StillAsked {
  readonly caller: string;
  /** Whether it can be deployed first. */
  readonly isDescribed: boolean;
  readonly request: string;
}

/**
 * What callers ask of a service as they run, and its new description no longer answers: deployed before them, it would
 * break them. Told by what their containers were told, in a mesh or not. docs/decisions/0024-what-a-container-is-told-of-requests.md
 */
export function stillAsked(
  changes: Changes,
  services: readonly Service[],
  environment: Environment,
  callee: string,
): StillAsked[] {
  const described = resolve(services, environment).find(({ name }) => name === callee);
  if (described === undefined) return [];
  return [...changes.services]
    .filter(([caller]) => caller !== callee)
    .flatMap(([caller, steps]) =>
      steps
        .filter(isWorkload)
        .flatMap(({ oldState }) => asked(callee, oldState?.inputs as V1Deployment | undefined))
        .filter((one) => !answers(described.api, one))
        .map(({ request, port }) => ({
          caller,
          isDescribed: services.some(({ name }) => name === caller),
          request: `${request} at port ${port}`,
        })),
    );
}

interface Asked {
  readonly request: string;
  readonly port: number;
}

/** What a workload was told to ask of a callee; a migration was once told the same, and asks nobody. */
function asked(callee: string, workload: V1Deployment | undefined): Asked[] {
  const containers = workload?.spec?.template.spec?.containers ?? [];
  const told = new Map(containers.flatMap(({ env = [] }) => env.map(({ name, value }) => [name, value])));
  const names = callVariables(callee);
  const [url, requests] = [told.get(names.url), told.get(names.requests)];
  if (!url || !requests) return [];
  const port = Number(/:(\d+)(\/|$)/.exec(url)?.[1]);
  return requests.split(", ").map((request) => ({ request: asDescribed(request), port }));
}

/** A stream is told as one, and a $ doubled, because the kubelet expands $(NAME). */
function asDescribed(request: string): string {
  return request.replace(/^stream /, "").replaceAll("$$", () => "$");
}

function answers({ answersAnything, requests, port }: ResolvedService["api"], asked: Asked): boolean {
  return asked.port === port && (answersAnything || requests.some(({ name }) => name === asked.request));
}
