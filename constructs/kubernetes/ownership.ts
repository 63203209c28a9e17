import type { Manifest } from "./manifest.ts";

/** The fields of an object that someone else writes once it lives, as property paths: a later change of ours leaves them alone. */
export function ignoredFields(manifest: Manifest): string[] {
  return ownedByOthers[manifest.kind] ?? [];
}

const ownedByOthers: Record<string, string[]> = {
  // Argo Rollouts adds rollouts-pod-template-hash, and a selector is one field under server-side apply (an atomic
  // map): to own any of it is to own all of it. Ours never changes, so it is set when the Service is made.
  Service: ["spec.selector"],
};
