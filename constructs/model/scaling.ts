import { z } from "zod";
import type { Concern, FieldProblem } from "./concern.ts";
import type { Environment } from "./environment.ts";
import { fields } from "./shape.ts";

/** How many replicas there are: a number, or as many as the load needs. */
export type Scaling = FixedScaling | AutoscaledScaling;

/** The same number of replicas at all times. */
export interface FixedScaling {
  readonly kind: "fixed";
  /**
   * Replicas at all times. 1 to 1000, and not under the environment's minimumReplicas. Omitted: that minimum.
   * Kubernetes: [spec.replicas](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas)
   */
  readonly replicas?: number;
}

/** As many replicas as the load needs, within bounds. */
export interface AutoscaledScaling {
  readonly kind: "autoscaled";
  /**
   * Replicas when nothing happens. 1 to 1000, and not under the environment's minimumReplicas. Omitted: that minimum.
   * Kubernetes: [HorizontalPodAutoscaler minReplicas](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/)
   */
  readonly min?: number;
  /**
   * Replicas at the most. 1 to 1000, and not under `min`.
   * Kubernetes: [HorizontalPodAutoscaler maxReplicas](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/)
   */
  readonly max: number;
  /**
   * Share of the requested CPU that replicas use on average; above it there are more of them, below it fewer. 0.01 to 1.
   * Omitted: 0.7.
   * Kubernetes: [metrics[].resource.target.averageUtilization](https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details)
   */
  readonly cpu?: number;
}

export type ResolvedScaling = Required<FixedScaling> | Required<AutoscaledScaling>;

const replicas = z
  .int({ error: "must be a whole number; give a number of replicas", abort: true })
  .min(1, "must be at least 1; a service without replicas serves nothing")
  .max(1000, "must be at most 1000; split the service");

export const scaling: Concern<Scaling | undefined, ResolvedScaling> = {
  schema: z
    .discriminatedUnion("kind", [
      fields({ kind: z.literal("fixed"), replicas: replicas.exactOptional() }),
      fields({
        kind: z.literal("autoscaled"),
        min: replicas.exactOptional(),
        max: replicas,
        cpu: z
          .number("must be a number; write for example 0.7")
          .min(0.01, "must be at least 0.01; write for example 0.7")
          .max(1, "must be at most 1; write for example 0.7")
          .exactOptional(),
      }),
    ])
    .optional(),
  resolve: (described, { environment: { minimumReplicas } }) => {
    // Three tenths stay free for the load that comes while new replicas start.
    if (described?.kind === "autoscaled") return { min: minimumReplicas, cpu: 0.7, ...described };
    // The environment knows how many replicas it takes to survive what is usual there.
    return { kind: "fixed", replicas: described?.replicas ?? minimumReplicas };
  },
  check: ({ scaling: resolved }, { environment }) => [
    ...belowMinimum(resolved, environment),
    ...minimumOverMaximum(resolved, environment),
  ],
};

/** How many replicas there may ever be. */
export function mostReplicas(resolved: ResolvedScaling): number {
  return resolved.kind === "fixed" ? resolved.replicas : resolved.max;
}

function belowMinimum(resolved: ResolvedScaling, { name, minimumReplicas }: Environment): FieldProblem[] {
  const rule = `but ${name} runs at least ${minimumReplicas} of each service`;
  const raise = (field: string, value: number, remedy: string) =>
    value < minimumReplicas ? [{ field: `scaling.${field}`, value, rule, remedy }] : [];
  if (resolved.kind === "fixed") return raise("replicas", resolved.replicas, "raise it or leave it out");
  return [
    ...raise("min", resolved.min, "raise it or leave it out"),
    ...raise("max", resolved.max, `raise it to ${minimumReplicas} or more`),
  ];
}

/** A maximum below the environment's minimum has been told of by then. */
function minimumOverMaximum(resolved: ResolvedScaling, { minimumReplicas }: Environment): FieldProblem[] {
  if (resolved.kind === "fixed" || resolved.min <= resolved.max || resolved.max < minimumReplicas) return [];
  return [
    {
      field: "scaling.min",
      value: resolved.min,
      rule: `but scaling.max is ${resolved.max}`,
      remedy: "raise max or lower min",
    },
  ];
}
