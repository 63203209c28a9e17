import kubernetes from "@pulumi/kubernetes/package.json" with { type: "json" };
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { ignoredFields } from "../../../constructs/kubernetes/ownership.ts";

/**
 * One Kubernetes object as a Pulumi resource of the provider's ordinary type. Made from the manifest without the
 * SDK's class of its kind, so that every kind, CRDs included, takes the same way.
 */
export function kubernetesObject(
  manifest: Manifest,
  options: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  return new KubernetesObject(typeToken(manifest), objectName(manifest), asDeployed(manifest), {
    version: kubernetes.version,
    ignoreChanges: ignoredFields(manifest),
    retainOnDelete: isContentNamed(manifest),
    ...options,
  });
}

class KubernetesObject extends pulumi.CustomResource {}

/** The type token of the Kubernetes provider: the core group, which has no name in `apiVersion`, is called `core` there. */
function typeToken({ apiVersion, kind }: Manifest): string {
  return `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`;
}

/** The last part of an object's URN, which is public: `deployment/dev-order/order`, `namespace/dev-order`. */
function objectName({ kind, metadata }: Manifest): string {
  return [kind.toLowerCase(), metadata.namespace, metadata.name].filter(Boolean).join("/");
}

/** Carries its content in its name (a migration Job, mounted configuration), so that a rollback finds the old one. */
function isContentNamed({ metadata }: Manifest): boolean {
  return (
    metadata.annotations?.["argocd.argoproj.io/sync-options"]?.split(",").includes("Prune=false") ?? false
  );
}

// The provider would wait ten minutes for the pods of a workload, and as long for the endpoints of a
// Service whose workload never gets ready. Our own await (await.ts) knows sooner and says why.
const awaitedHere: ReadonlySet<string> = new Set(["Deployment", "Job", "Service", "StatefulSet"]);

/** An object as the provider gets it. */
export function asDeployed(manifest: Manifest): Manifest {
  const annotations = { ...manifest.metadata.annotations, ...orders(manifest) };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/**
 * Under which name the provider writes its fields. Left to itself it thinks up a name for each object, and of one that
 * it created just before it was killed nobody knows the name any more: the unknown owner would keep every field.
 */
export const fieldManager = "pressurevalve";

/** What the provider is told by annotations. https://www.pulumi.com/registry/packages/kubernetes/annotations */
function orders(manifest: Manifest): Record<string, string> {
  return {
    "pulumi.com/patchFieldManager": fieldManager,
    ...(awaitedHere.has(manifest.kind) ? { "pulumi.com/skipAwait": "true" } : {}),
    ...(isOfFixedSize(manifest) ? { "pulumi.com/patchForce": "true" } : {}),
  };
}

/** Whether it says how many replicas it has, a field that is an autoscaler's as long as there was one before. */
function isOfFixedSize({ kind, spec }: Manifest): boolean {
  return scalable.has(kind) && (spec as { replicas?: number } | undefined)?.replicas !== undefined;
}

const scalable: ReadonlySet<string> = new Set(["Deployment", "Rollout"]);
