import { Duration } from "cdk8s";
import { z } from "zod";
import type { Concern } from "./concern.ts";
import { fields } from "./shape.ts";
import { seconds, spell, wholeSeconds } from "./units.ts";

/** The paths at which a replica says how it is; the kubelet asks over HTTP at the API's port. */
export interface Probes {
  /**
   * Answers 2xx once the replica has started; until then nothing else is asked. A path that
   * begins with `/`, at most 1024 characters. Omitted: /health/startup.
   * Kubernetes: [startupProbe](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-startup-probes)
   */
  readonly startup?: string;
  /**
   * Answers 2xx while the replica can serve; otherwise it gets no traffic. A path that begins with
   * `/`, at most 1024 characters. Omitted: /health/ready.
   * Kubernetes: [readinessProbe](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-readiness-probes)
   */
  readonly readiness?: string;
  /**
   * Answers 2xx unless only a restart helps; must not look at other services or the database. A path that
   * begins with `/`, at most 1024 characters. Omitted: /health/live.
   * Kubernetes: [livenessProbe](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-liveness-http-request)
   */
  readonly liveness?: string;
  /**
   * How long a replica may take to start before it is restarted. 2 s to 30 min, in whole seconds, and less than the
   * environment's progressDeadline. Omitted: 60 s.
   * Kubernetes: [startupProbe.failureThreshold x periodSeconds](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes)
   */
  readonly startupTimeout?: Duration;
}

/** The path of an HTTP request, without host. */
export const urlPath = z
  .string()
  .max(1024, "must have at most 1024 characters; shorten it")
  .regex(
    /^\/[\w\-.~!$&'()*+,;=:@%/?]*$/,
    "must be a URL path; begin it with / and escape what a URL cannot hold",
  );

export const probes: Concern<Probes | undefined, Required<Probes>> = {
  schema: fields({
    startup: urlPath.exactOptional(),
    readiness: urlPath.exactOptional(),
    liveness: urlPath.exactOptional(),
    startupTimeout: wholeSeconds({ min: Duration.seconds(2), max: Duration.minutes(30) }).exactOptional(),
  }).optional(),
  // One path a question: whoever answers all three from one would restart a replica because of its database.
  resolve: (described) => ({
    startup: described?.startup ?? "/health/startup",
    readiness: described?.readiness ?? "/health/ready",
    liveness: described?.liveness ?? "/health/live",
    // Slow enough for a runtime that compiles as it starts, and short enough for the progressDeadline of dev.
    startupTimeout: described?.startupTimeout ?? Duration.seconds(60),
  }),
  check: ({ probes: { startupTimeout } }, { environment: { name, progressDeadline } }) =>
    seconds(startupTimeout) < seconds(progressDeadline)
      ? []
      : [
          {
            field: "probes.startupTimeout",
            value: startupTimeout,
            rule: `but an update of ${name} fails after ${spell(progressDeadline)} without progress`,
            remedy: "lower it, or raise the environment's progressDeadline",
          },
        ],
};
