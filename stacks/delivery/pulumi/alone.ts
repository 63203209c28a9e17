import type { RenderedService } from "../../../constructs/kubernetes/manifest.ts";

/** Names the one service that `npm run deploy` deploys; in every other run nothing. */
export const serviceVariable = "PRESSUREVALVE_SERVICE";

/** Whether this run deploys a service, or leaves it as it is. */
export function isDeployed(service: string): boolean {
  const only = process.env[serviceVariable];
  return only === undefined || only === service;
}

/** The services in whose namespaces this run puts something: those that it deploys, and their callees for the edges. */
export function wherein(rendered: readonly RenderedService[]): RenderedService[] {
  const manifests = rendered.filter(({ name }) => isDeployed(name)).flatMap(({ manifests }) => manifests);
  const entered = new Set(manifests.map(({ metadata }) => metadata.namespace));
  return rendered.filter(({ namespace }) => entered.has(namespace));
}
