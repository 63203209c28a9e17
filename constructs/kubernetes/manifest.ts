/** A Kubernetes object as plain data. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

export interface ObjectMetadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A Secret that must exist before the workload starts. Its payload is never part of a manifest. */
export interface RequiredSecret {
  name: string;
  namespace: string;
  /** Those of every object of its service. */
  labels: Record<string, string>;
  type: string;
  keys: readonly string[];
  /** The payload, given a generated password; absent where someone else fills the Secret. */
  generate?: (password: string) => Record<string, string>;
}

/** Everything that one service puts into a cluster. */
export interface RenderedService {
  name: string;
  namespace: string;
  owner: string;
  manifests: readonly Manifest[];
  secrets: readonly RequiredSecret[];
}

/** A manifest whose body the compiler holds against the upstream type. */
export function manifest<Upstream>(
  apiVersion: string,
  kind: string,
  metadata: ObjectMetadata,
  body: Omit<Upstream, "apiVersion" | "kind" | "metadata" | "status">,
): Manifest {
  return { apiVersion, kind, metadata, ...body };
}
