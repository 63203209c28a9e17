/** A Kubernetes object as plain data. */
export interface Manifest {
  /** Group and version of its kind, e.g. `apps/v1`. */
  apiVersion: string;
  /** What it is, e.g. `Deployment`. */
  kind: string;
  /** Its name, and where it lies. */
  metadata: ObjectMetadata;
  /** The rest, as upstream has it: `spec`, `data`. */
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
  /** Its metadata.name, known beforehand. */
  name: string;
  /** The namespace of its service. */
  namespace: string;
  /** Those of every object of its service. */
  labels: Record<string, string>;
  /** What it is, e.g. `servicebinding.io/postgresql`. Kubernetes: Secret type */
  type: string;
  /** The keys that it must have, each of them a file under `$SERVICE_BINDING_ROOT`. */
  keys: readonly string[];
  /** The payload, given a generated password; absent where someone else fills the Secret. */
  generate?: (password: string) => Record<string, string>;
}

/** Everything that one service puts into a cluster. */
export interface RenderedService {
  /** The service's name. */
  name: string;
  /** Where it lives; its callers' policies in it are theirs. */
  namespace: string;
  /** The team that answers for it. */
  owner: string;
  /** Its objects, each with the wave in which it is applied as the annotation `argocd.argoproj.io/sync-wave`. */
  manifests: readonly Manifest[];
  /** The Secrets that they need, and that no manifest holds. */
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
