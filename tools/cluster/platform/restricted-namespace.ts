import type { Manifest } from "./manifest.ts";

/** A namespace that takes no pod but one of the restricted Pod Security Standard. */
export function restrictedNamespace(name: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
      },
    },
  };
}
