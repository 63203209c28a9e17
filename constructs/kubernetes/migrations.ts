import type { V1Job } from "@kubernetes/client-node";
import { contentHash } from "../model/names.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { seconds } from "../model/units.ts";
import { applicationContainer, runtimePart } from "./application.ts";
import { configurationPart } from "./configuration.ts";
import { bindingPart } from "./database.ts";
import { serviceAccountManifests } from "./identity.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { keep, metadata } from "./metadata.ts";
import { podTemplate } from "./pod.ts";

// A Sync hook, not PreSync: the namespace, the binding and the database stand in earlier waves. Argo CD runs it at
// every sync, Pulumi once for each content; a migration is safe to run again.
const hook = {
  "argocd.argoproj.io/hook": "Sync",
  "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
};

/** A Job that must succeed before the new version gets a replica, named by its content because Jobs are immutable. */
export function migrationManifests(service: ResolvedService): Manifest[] {
  const migrations = service.database?.migrations;
  if (!migrations) return [];
  const spec: V1Job["spec"] = {
    // The database may be a moment behind the Job: each try waits longer than the one before.
    // https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
    backoffLimit: 3,
    activeDeadlineSeconds: seconds(migrations.deadline),
    template: podTemplate(service, "migration", {
      // A new try is a new pod, so that the log of the failed one stays.
      restartPolicy: "Never",
      container: { name: "migration", ...applicationContainer(service), args: [...migrations.args] },
      // Nothing of callees, for it may call none.
      parts: [runtimePart(service), bindingPart(service), configurationPart(service)],
    }),
  };
  const name = `${service.name}-migration-${contentHash(spec)}`;
  return [
    // Of its own: it may use the database, and call nobody.
    ...serviceAccountManifests(service, "migration"),
    manifest<V1Job>("batch/v1", "Job", metadata(service, name, "migration", { ...keep, ...hook }), { spec }),
  ];
}
