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

/** Up at once and by doubling, down slowly. */
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
              type: "Resource",
              resource: {
                name: "cpu",
                target: { type: "Utilization", averageUtilization: Math.round(scaling.cpu * 100) },
              },
            },
          ],
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 0,
              selectPolicy: "Max",
              policies: [
                { type: "Percent", value: 100, periodSeconds: 15 },
                { type: "Pods", value: 4, periodSeconds: 15 },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: seconds(environment.scaleDownStabilization),
              selectPolicy: "Max",
              policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
            },
          },
        },
      },
    ),
  ];
}
