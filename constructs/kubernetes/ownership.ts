import type { Manifest } from "./manifest.ts";

/** The fields of an object that someone else writes, as property paths: Pulumi ignores them in diffs, and Argo CD too. */
export function ignoredFields(manifest: Manifest): string[] {
  return manifest.kind === "Service" ? ['spec.selector["rollouts-pod-template-hash"]'] : [];
}
