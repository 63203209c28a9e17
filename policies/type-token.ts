import type { KubernetesObject } from "./judgement/judge.ts";

/** Modules of Pulumi's provider that hold no kinds of Kubernetes, but what brings objects, such as `kubernetes:yaml/v2:ConfigGroup`. */
const bringers: ReadonlySet<string> = new Set(["yaml", "kustomize", "helm.sh"]);

/**
 * What the type of a Pulumi resource says of its object: `kubernetes:apps/v1:Deployment`, `kubernetes:core/v1:Pod`, and
 * `kubernetes:core/v1:PodPatch`, which changes a Pod. https://www.pulumi.com/registry/packages/kubernetes/
 */
export function kindOf(type: string): Pick<KubernetesObject, "apiVersion" | "kind"> | undefined {
  const [, group = "core", version, kind] =
    /^kubernetes:(?:([^/:]+)\/)?(v\d+\w*):(\w+?)(?:Patch)?$/.exec(type) ?? [];
  if (version === undefined || kind === undefined || bringers.has(group)) return undefined;
  return { apiVersion: group === "core" ? version : `${group}/${version}`, kind };
}

/** Whether it is a chart that the provider installs by itself, so that Pulumi never sees the objects in it. */
export function isRelease(type: string): boolean {
  return /^kubernetes:helm\.sh\/\w+:Release$/.test(type);
}
