import type { V1PodDisruptionBudget } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata, selectorLabels } from "./metadata.ts";

/** One pod at a time may be evicted, so that a node can always be drained; a pod that is not ready never stands in the way. */
export function disruptionManifests(service: ResolvedService): Manifest[] {
  return [
    manifest<V1PodDisruptionBudget>(
      "policy/v1",
      "PodDisruptionBudget",
      metadata(service, service.name, "workload"),
      {
        spec: {
          // Not a least number that stays: a service of one replica would nail its pod to the node.
          maxUnavailable: 1,
          // https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: selectorLabels(service, "service") },
        },
      },
    ),
  ];
}
