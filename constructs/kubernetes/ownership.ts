import type { Manifest } from "./manifest.ts";

/** The fields of an object that someone else writes once it lives, as property paths: a later change of ours leaves them alone. */
export function ignoredFields(manifest: Manifest): string[] {
  return ownedByOthers[manifest.kind]?.(manifest) ?? [];
}

const ownedByOthers: Record<string, (manifest: Manifest) => string[]> = {
  // Argo Rollouts adds rollouts-pod-template-hash, and a selector is one field under server-side apply (an atomic
  // map): to own any of it is to own all of it. Ours never changes, so it is set when the Service is made.
  Service: () => ["spec.selector"],
  Deployment: autoscaledReplicas,
  Rollout: autoscaledReplicas,
};

/**
 * Where no replica count is written, an autoscaler writes it. Ignored besides, because server-side apply removes a
 * field that its owner writes no more: a workload that was of fixed size would fall to one replica.
 */
function autoscaledReplicas({ spec }: Manifest): string[] {
  return (spec as { replicas?: number } | undefined)?.replicas === undefined ? ["spec.replicas"] : [];
}
