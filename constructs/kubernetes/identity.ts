import type { V1Namespace, V1ServiceAccount } from "@kubernetes/client-node";
import type { Environment } from "../model/environment.ts";
import type { Mesh } from "../model/mesh.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { type Component, metadata } from "./metadata.ts";

/** The service's own namespace, which admits no pod that the restricted Pod Security Standard refuses. */
function namespaceManifests(service: ResolvedService): Manifest[] {
  const { namespace: _, ...unscoped } = metadata(service, service.namespace, "namespace");
  const admission = {
    "pod-security.kubernetes.io/enforce": "restricted",
    // What the standard means today, also after the cluster's next update.
    // https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces
    "pod-security.kubernetes.io/enforce-version": "latest",
    ...environmentLabels(service.environment),
    ...injection(service.environment.mesh),
  };
  return [
    manifest<V1Namespace>(
      "v1",
      "Namespace",
      { ...unscoped, labels: { ...unscoped.labels, ...admission } },
      {},
    ),
  ];
}

/** What all namespaces of an environment have, and no others: by it the API server knows whose policies are in force. */
export function environmentLabels({ name }: Pick<Environment, "name">): Record<string, string> {
  return { "pressurevalve.dev/environment": name };
}

/**
 * Every pod of the namespace gets a sidecar.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
 */
function injection({ kind }: Mesh): Record<string, string> {
  return kind === "istio" ? { "istio-injection": "enabled" } : {};
}

/** The ServiceAccount of one component; the application's pods and jobs share one identity, for both make its calls. */
export function serviceAccount(service: Pick<ResolvedService, "name">, component: Component): string {
  return component === "service" || component === "job" ? service.name : `${service.name}-${component}`;
}

/** One ServiceAccount an identity, none with a token: nothing here talks to the API server. */
export function serviceAccountManifests(service: ResolvedService, component: Component): Manifest[] {
  const name = serviceAccount(service, component);
  return [
    manifest<V1ServiceAccount>("v1", "ServiceAccount", metadata(service, name, "foundation"), {
      automountServiceAccountToken: false,
    }),
  ];
}

/** Where the service's pods are, and as whom they are known: what else has rights of its own brings its own account. */
export function identityManifests(service: ResolvedService): Manifest[] {
  return [...namespaceManifests(service), ...serviceAccountManifests(service, "service")];
}
