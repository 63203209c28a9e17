import { Duration } from "cdk8s";
import { z } from "zod";
import { commandArguments } from "./command.ts";
import type { Concern } from "./concern.ts";
import { dnsLabel } from "./names.ts";
import { fields, record } from "./shape.ts";
import { wholeSeconds } from "./units.ts";

/** A Job of the service's own image that runs on a schedule, never twice at once. */
export interface ScheduledJob {
  /**
   * When it runs, in UTC: minute, hour, day of month, month, day of week, as numbers.
   * Kubernetes: [CronJob spec.schedule](https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax)
   */
  readonly schedule: string;
  /**
   * Arguments for the image's entrypoint; 1 to 64.
   * Kubernetes: [containers[].args](https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/)
   */
  readonly args: readonly string[];
  /**
   * How long a run may take before it is ended as failed. 10 s to 24 h, in whole seconds. Omitted: 10 min.
   * Kubernetes: [activeDeadlineSeconds](https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup)
   */
  readonly deadline?: Duration;
}

/** Scheduled jobs by name. */
export type Jobs = Readonly<Record<string, ScheduledJob>>;

export type ResolvedJob = Required<ScheduledJob> & {
  /** Name of the CronJob. */
  readonly name: string;
};

const fieldRanges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** Five numeric fields of `*`, `a`, `a-b`, each with an optional `/step`, in lists. */
function isCronSchedule(schedule: string): boolean {
  const fields = schedule.split(" ");
  return (
    fields.length === fieldRanges.length &&
    fieldRanges.every(([min, max], index) => isCronField(fields[index] ?? "", min, max))
  );
}

function isCronField(field: string, min: number, max: number): boolean {
  return field.split(",").every((part) => {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!match) return false;
    const [from, to, step] = [
      Number(match[1] ?? min),
      Number(match[2] ?? match[1] ?? max),
      Number(match[3] ?? 1),
    ];
    return from >= min && from <= to && to <= max && step >= 1 && step <= max;
  });
}

export const jobs: Concern<Jobs | undefined, readonly ResolvedJob[]> = {
  schema: record(
    dnsLabel,
    fields({
      schedule: z
        .string()
        .refine(
          isCronSchedule,
          "must be a cron schedule of five numeric fields; write for example */15 * * * *",
        ),
      args: commandArguments,
      deadline: wholeSeconds({ min: Duration.seconds(10), max: Duration.hours(24) }).exactOptional(),
    }),
  ).optional(),
  resolve: (described, { name }) =>
    Object.entries(described ?? {}).map(([job, scheduled]) => ({
      // A job that hangs must end, or the next run never begins; ten minutes are long for what runs beside a service.
      deadline: Duration.minutes(10),
      ...scheduled,
      // Two services may call their jobs alike, and dashboards show many of them together.
      name: `${name}-${job}`,
    })),
  check: ({ jobs: resolved }) =>
    resolved.flatMap(({ name }) =>
      name.length <= longestCronJobName
        ? []
        : {
            field: "jobs",
            value: name,
            rule: `but a CronJob's name has at most ${longestCronJobName} characters`,
            remedy: "shorten the job's name",
          },
    ),
};

// The controller appends eleven characters to it. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
const longestCronJobName = 52;
