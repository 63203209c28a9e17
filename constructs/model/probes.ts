import { Duration } from "cdk8s";
import { z } from "zod";
import type { Api } from "./api.ts";
import type { Concern, FieldProblem } from "./concern.ts";
import type { Environment } from "./environment.ts";
import type { ResolvedService } from "./resolve.ts";
import { fields, schemaProblems } from "./shape.ts";
import { seconds, spell, wholeSeconds } from "./units.ts";

/**
 * What a replica is asked at the API's port about how it is: over HTTP a path, which answers 2xx; of a gRPC API the name of a
 * service of [grpc.health.v1.Health](https://grpc.io/docs/guides/health-checking/), which is SERVING, or `""` for the whole
 * server.
 */
export interface Probes {
  /**
   * Answers well once the replica has started; until then nothing else is asked. A path that
   * begins with `/`, or a health service, at most 1024 characters. Omitted: /health/startup; of a gRPC API startup.
   * Kubernetes: [startupProbe](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-startup-probes)
   */
  readonly startup?: string;
  /**
   * Answers well while the replica can serve; otherwise it gets no traffic. A path that begins with
   * `/`, or a health service, at most 1024 characters. Omitted: /health/ready; of a gRPC API readiness.
   * Kubernetes: [readinessProbe](https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-readiness-probes)
   */
  readonly readiness?: string;
  /**
   * Answers well unless only a restart helps; must not look at other services or the database. A path that
   * begins with `/`, or a health service, at most 1024 characters. Omitted: /health/live; of a gRPC API liveness.
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

/** How replicas are asked how they are. */
interface Health extends Required<Omit<Probes, "startupTimeout">> {
  readonly spelling: z.ZodType;
}

/** The path of an HTTP request, without host. */
export const urlPath = z
  .string()
  .max(1024, "must have at most 1024 characters; shorten it")
  .regex(
    /^\/[\w\-.~!$&'()*+,;=:@%/?]*$/,
    "must be a URL path; begin it with / and escape what a URL cannot hold",
  );

/** One path a question: whoever answers all three from one would restart a replica because of its database. */
const overHttp: Health = {
  startup: "/health/startup",
  readiness: "/health/ready",
  liveness: "/health/live",
  spelling: urlPath,
};

const overGrpc: Health = {
  // As Kubernetes calls them in its own example.
  // https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe
  startup: "startup",
  readiness: "readiness",
  liveness: "liveness",
  spelling: z
    .string()
    .regex(/^[\w.-]*$/, "must be the name of a health service; use letters, digits, dots and dashes"),
};

const health: { readonly [Kind in Api["kind"]]: Health } = {
  rest: overHttp,
  grpc: overGrpc,
  graphql: overHttp,
};

const questions = ["startup", "readiness", "liveness"] as const;

/** What the kind of API allows stands in `check`. */
const question = z.string().max(1024, "must have at most 1024 characters; shorten it").exactOptional();

export const probes: Concern<Probes | undefined, Required<Probes>> = {
  schema: fields({
    startup: question,
    readiness: question,
    liveness: question,
    startupTimeout: wholeSeconds({ min: Duration.seconds(2), max: Duration.minutes(30) }).exactOptional(),
  }).optional(),
  resolve: (described, { description }) => {
    const { startup, readiness, liveness } = health[description.api.kind];
    return {
      startup: described?.startup ?? startup,
      readiness: described?.readiness ?? readiness,
      liveness: described?.liveness ?? liveness,
      // Slow enough for a runtime that compiles as it starts, and short enough for the progressDeadline of dev.
      startupTimeout: described?.startupTimeout ?? Duration.seconds(60),
    };
  },
  check: (service, { environment }) => [...misspelledQuestions(service), ...slowStart(service, environment)],
};

function misspelledQuestions({ api, probes }: ResolvedService): FieldProblem[] {
  const { spelling } = health[api.kind];
  return questions.flatMap((name) => schemaProblems(`probes.${name}`, spelling, probes[name]));
}

function slowStart(
  { probes: { startupTimeout } }: ResolvedService,
  { name, progressDeadline }: Environment,
): FieldProblem[] {
  if (seconds(startupTimeout) < seconds(progressDeadline)) return [];
  return [
    {
      field: "probes.startupTimeout",
      value: startupTimeout,
      rule: `but an update of ${name} fails after ${spell(progressDeadline)} without progress`,
      remedy: "lower it, or raise the environment's progressDeadline",
    },
  ];
}
