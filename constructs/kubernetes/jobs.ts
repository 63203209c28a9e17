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
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 60,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 1,
            activeDeadlineSeconds: seconds(deadline),
            template: podTemplate(service, "job", {
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
