import type { ResolvedService } from "../model/resolve.ts";
import type { Manifest, ObjectMetadata } from "./manifest.ts";

/** What a pod is within its service. Kubernetes: label app.kubernetes.io/component */
export type Component = "service" | "database" | "migration" | "job" | "smoke-test";

/**
 * Order in which objects are made: Argo CD's sync waves, and the order of `pulumi up` and of plain kubectl. What others
 * need comes first, so that no pod waits for its namespace, its identity or its database.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export const waves = { namespace: 0, foundation: 1, database: 2, migration: 3, workload: 4 } as const;

/** Read by Argo CD itself, and by the other ways of delivery, so that all of them keep one order. */
export const waveAnnotation = "argocd.argoproj.io/sync-wave";

/** The wave of a rendered object; the first, as Argo CD has it, where it says none. */
export function waveOf({ metadata }: Manifest): number {
  return Number(metadata.annotations?.[waveAnnotation] ?? 0);
}

/** Keeps what is immutable and named by its content for as long as a rollback may need it; it goes with its namespace. */
export const keep = { "argocd.argoproj.io/sync-options": "Prune=false" };

/** The labels by which selectors find pods; a selector is immutable, so they never change. */
export function selectorLabels(service: ResolvedService, component: Component): Record<string, string> {
  return { "app.kubernetes.io/name": service.name, "app.kubernetes.io/component": component };
}

/**
 * The labels of every object of a service: what it belongs to, what made it, and who answers for it.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labels(service: ResolvedService): Record<string, string> {
  return {
    "app.kubernetes.io/name": service.name,
    "app.kubernetes.io/managed-by": "pressurevalve",
    "pressurevalve.dev/owner": service.owner,
  };
}

/** Metadata of an object in the service's namespace: a name of our own, for others refer to it, and its place in the order. */
export function metadata(
  service: ResolvedService,
  name: string,
  wave: keyof typeof waves,
  annotations: Record<string, string> = {},
): ObjectMetadata {
  return {
    name,
    namespace: service.namespace,
    labels: labels(service),
    annotations: { [waveAnnotation]: String(waves[wave]), ...annotations },
  };
}
