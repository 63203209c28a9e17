import type { ServiceDifferences } from "./differences.ts";
import { groupKind, type ObjectName } from "./object.ts";

/** A workload whose running pods are touched. */
export interface Restart {
  readonly service: string;
  readonly object: ObjectName;
  /** New pods take over, the object is deleted and made anew, or its pods stop for good. */
  readonly verdict: "restart" | "anew" | "stop";
  /** The fields that bring it about; empty where the object as a whole goes. */
  readonly because: readonly string[];
}

const workloads: ReadonlySet<string> = new Set([
  "apps/DaemonSet",
  "apps/Deployment",
  "apps/StatefulSet",
  "argoproj.io/Rollout",
]);

/** The workloads whose running pods the differences restart or stop. */
export function restarts(services: readonly ServiceDifferences[]): readonly Restart[] {
  return services.flatMap(({ name: service, objects }) =>
    objects
      .filter(({ object }) => workloads.has(groupKind(object)))
      .flatMap(({ object, effects }) =>
        effects.flatMap(({ verdict, because }) =>
          verdict === "restart" || verdict === "anew" || verdict === "stop"
            ? [{ service, object, verdict, because }]
            : [],
        ),
      ),
  );
}
