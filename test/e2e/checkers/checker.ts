import type { Manifest } from "../../../constructs/index.ts";

/** What a program of somebody else's has against an object. */
export interface Finding {
  readonly environment: string;
  /** `<kind> <namespace>/<name>` */
  readonly object: string;
  /** The check's id and its words: `CKV_K8S_16: Container should not be privileged`. */
  readonly says: string;
}

/** The objects of each environment, by its name. */
export type Rendered = Readonly<Record<string, readonly Manifest[]>>;

/** A program that knows Kubernetes' good practice, and nothing of ours. */
export interface Checker {
  readonly name: CheckerName;
  /** All of its findings, with every check that it has; annotations by which objects silence it count for nothing. */
  readonly judge: (rendered: Rendered) => Promise<readonly Finding[]>;
}

export type CheckerName = "kube-score" | "Checkov" | "Kyverno" | "istioctl analyze";

/**
 * The objects as one knows them who knows the kinds of Kubernetes alone: a Rollout is the Deployment that it stands
 * for, and each Job of an AnalysisTemplate is that Job. What has no such meaning stays as it is.
 */
export function inBuiltInKinds(objects: readonly Manifest[]): Manifest[] {
  return objects.flatMap(builtIn);
}

function builtIn(object: Manifest): Manifest[] {
  switch (object.kind) {
    case "Rollout":
      return [asDeployment(object)];
    case "AnalysisTemplate":
      return asJobs(object);
    case "HorizontalPodAutoscaler":
      return [ofDeployment(object)];
    default:
      return [object];
  }
}

const deployment = { apiVersion: "apps/v1", kind: "Deployment" };

/** Both have one spec, but for the strategy. */
function asDeployment({ spec, ...object }: Manifest): Manifest {
  const { strategy: _, ...shared } = spec as Record<string, unknown>;
  return { ...object, ...deployment, spec: shared };
}

interface Metric {
  readonly name: string;
  readonly provider: { readonly job: { readonly spec: object } };
}

function asJobs({ metadata, spec }: Manifest): Manifest[] {
  return (spec as { metrics: readonly Metric[] }).metrics.map(({ name, provider: { job } }) => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, name: `${metadata.name}-${name}` },
    spec: job.spec,
  }));
}

function ofDeployment({ spec, ...object }: Manifest): Manifest {
  const { scaleTargetRef, ...rest } = spec as { scaleTargetRef: object };
  return { ...object, spec: { ...rest, scaleTargetRef: { ...scaleTargetRef, ...deployment } } };
}

/** Objects as a stream of documents. */
export function asStream(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
}
