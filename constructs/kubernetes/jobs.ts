import type { V1CronJob } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { seconds } from "../model/units.ts";
import { applicationContainer, applicationParts } from "./application.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { podTemplate } from "./pod.ts";

/** One CronJob a scheduled job; a run that is late is dropped rather than doubled. */
export function jobManifests(service: ResolvedService): Manifest[] {
  return service.jobs.map(({ name, schedule, args, deadline }) =>
    manifest<V1CronJob>("batch/v1", "CronJob", metadata(service, name, "workload"), {
      spec: {
        schedule,
        // Without it the controller's own zone counts, which differs from cluster to cluster.
        timeZone: "Etc/UTC",
        // A run that takes longer than its period would meet itself.
        concurrencyPolicy: "Forbid",
        // Later than this a run is left out; and the controller never gives up after 100 that were missed.
        // https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#cron-job-limitations
        startingDeadlineSeconds: 60,
        // The last run that went well, to compare the failed ones with.
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            // One more try, for a node that went away; what fails twice wants a person.
            backoffLimit: 1,
            activeDeadlineSeconds: seconds(deadline),
            template: podTemplate(service, "job", {
              // A new try is a new pod, so that the log of the failed one stays.
              restartPolicy: "Never",
              container: { name: "job", ...applicationContainer(service), args: [...args] },
              parts: applicationParts(service),
            }),
          },
        },
      },
    }),
  );
}
