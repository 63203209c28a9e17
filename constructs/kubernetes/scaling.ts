import type { V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { seconds } from "../model/units.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { workloadKind } from "./rollout.ts";

/** A replica count, unless an autoscaler owns that field. */
export function replicas({ scaling }: ResolvedService): { replicas?: number } {
  return scaling.kind === "fixed" ? { replicas: scaling.replicas } : {};
}

/**
 * Up at once and by doubling, down slowly: too many replicas for a while cost little, too few lose orders.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
export function scalingManifests(service: ResolvedService): Manifest[] {
  const { scaling, environment } = service;
  if (scaling.kind === "fixed") return [];
  return [
    manifest<V2HorizontalPodAutoscaler>(
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      metadata(service, service.name, "workload"),
      {
        spec: {
          scaleTargetRef: { ...workloadKind[service.rollout.kind], name: service.name },
          minReplicas: scaling.min,
          maxReplicas: scaling.max,
          metrics: [
            {
              // The one metric that every cluster has, and the first that a busy service runs out of.
              type: "Resource",
              resource: {
                name: "cpu",
                target: { type: "Utilization", averageUtilization: Math.round(scaling.cpu * 100) },
              },
            },
          ],
          behavior: {
            scaleUp: {
              // Nothing is waited for: a peak is there when it is seen.
              stabilizationWindowSeconds: 0,
              // Whichever is more: twice as many, or four more where there are few.
              selectPolicy: "Max",
              policies: [
                { type: "Percent", value: 100, periodSeconds: 15 },
                { type: "Pods", value: 4, periodSeconds: 15 },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: seconds(environment.scaleDownStabilization),
              selectPolicy: "Max",
              // Half at the most in a minute, so that a lull between two peaks is no fall.
              policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
            },
          },
        },
      },
    ),
  ];
}
