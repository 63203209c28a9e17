import { Duration } from "cdk8s";
import { z } from "zod";
import type { Concern, FieldProblem } from "./concern.ts";
import { normalizedPath } from "./path-normalization.ts";
import { urlPath } from "./probes.ts";
import { namedRequest, type ResolvedRequest } from "./requests.ts";
import type { ResolvedService } from "./resolve.ts";
import { fields } from "./shape.ts";
import { wholeSeconds } from "./units.ts";

/** How a new version takes the place of the old one. */
export type Rollout = RollingRollout | BlueGreenRollout;

/**
 * Replica by replica, never fewer than before.
 * Kubernetes: [Deployment, strategy RollingUpdate](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment)
 */
export interface RollingRollout {
  readonly kind: "rolling";
}

/**
 * The new version stands beside the old one, is tested, and then takes all traffic at once.
 * Argo Rollouts: [Rollout, strategy blueGreen](https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/)
 */
export interface BlueGreenRollout {
  readonly kind: "blue-green";
  /**
   * Requests to the new version that must be answered 2xx before it gets any traffic; at most 10. Not for a gRPC API, whose
   * new version gets none before grpc.health.v1 says that it is ready. Omitted: none.
   * Argo Rollouts: [prePromotionAnalysis](https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/#prepromotionanalysis)
   */
  readonly smokeTest?: readonly SmokeRequest[];
  /** Who decides on the switch. Omitted: automatic, at once. */
  readonly promotion?: Promotion;
  /**
   * How long the old version keeps running after the switch, ready for the way back. 30 s (so that routes settle) to
   * 24 h, in whole seconds. Omitted: the environment's keepBlue.
   * Argo Rollouts: [scaleDownDelaySeconds](https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/#scaledowndelayseconds)
   */
  readonly keepBlue?: Duration;
}

/** Who decides on the switch. */
export type Promotion = AutomaticPromotion | ManualPromotion;

/** The switch happens by itself once the smoke test has passed. */
export interface AutomaticPromotion {
  readonly kind: "automatic";
  /**
   * How long the tested new version waits before the switch. 1 s to 24 h, in whole seconds. Omitted: no wait.
   * Argo Rollouts: [autoPromotionSeconds](https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/#autopromotionseconds)
   */
  readonly after?: Duration;
}

/**
 * The switch waits until a person runs `kubectl argo rollouts promote`, however long that takes.
 * Argo Rollouts: [autoPromotionEnabled: false](https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/#autopromotionenabled)
 */
export interface ManualPromotion {
  readonly kind: "manual";
}

/** A request of a smoke test. */
export interface SmokeRequest {
  /** What is asked: nothing that changes anything. */
  readonly method: "GET";
  /**
   * Where, e.g. `/orders?page=1`: begins with `/`, at most 1024 characters. In a mesh the smoke test may ask these paths, with any
   * query, and nothing else.
   */
  readonly path: string;
}

export type ResolvedRollout = RollingRollout | ResolvedBlueGreen;

export interface ResolvedBlueGreen {
  readonly kind: "blue-green";
  readonly smokeTest: readonly SmokeRequest[];
  readonly promotion: Promotion;
  readonly keepBlue: Duration;
}

/**
 * A GET request that must be answered 2xx.
 * @example
 * rollout: { kind: "blue-green", smokeTest: [get("/health/ready"), get("/orders")] }
 */
export function get(path: string): SmokeRequest {
  return { method: "GET", path };
}

/** What a smoke test asks, each path once. */
export function smokeTestRequests(rollout: ResolvedRollout): readonly ResolvedRequest[] {
  if (rollout.kind !== "blue-green") return [];
  const paths = new Set(rollout.smokeTest.map(({ path }) => withoutQuery(path)));
  return [...paths].map((path) => namedRequest(`GET ${path}`));
}

/** Rights are by path: what follows `?` is no part of it. */
function withoutQuery(path: string): `/${string}` {
  return path.split("?", 1)[0] as `/${string}`;
}

/** One path: as a right, `*` at its end would be all that begins like it. */
const smokePath = urlPath
  .refine((path) => !withoutQuery(path).includes("*"), "must be one path; write it out without *")
  .refine((path) => normalizedPath(withoutQuery(path)) === withoutQuery(path), {
    error: ({ input }) =>
      `must be spelled as a mesh judges it; write ${normalizedPath(withoutQuery(input as string))}`,
  });

const day = Duration.hours(24);

const promotion = z.discriminatedUnion("kind", [
  fields({
    kind: z.literal("automatic"),
    after: wholeSeconds({ min: Duration.seconds(1), max: day }).exactOptional(),
  }),
  fields({ kind: z.literal("manual") }),
]);

export const rollout: Concern<Rollout | undefined, ResolvedRollout> = {
  schema: z
    .discriminatedUnion("kind", [
      fields({ kind: z.literal("rolling") }),
      fields({
        kind: z.literal("blue-green"),
        smokeTest: z
          .array(fields({ method: z.literal("GET"), path: smokePath }))
          .max(10, "must have at most 10 requests; a smoke test is no test suite")
          .exactOptional(),
        promotion: promotion.exactOptional(),
        keepBlue: wholeSeconds({ min: Duration.seconds(30), max: day }).exactOptional(),
      }),
    ])
    .optional(),
  resolve: (described, { environment }) => {
    if (described?.kind !== "blue-green") return { kind: "rolling" };
    // What has passed its smoke test waits for nobody: a person who must promote is a person who must be awake.
    return { smokeTest: [], promotion: { kind: "automatic" }, keepBlue: environment.keepBlue, ...described };
  },
  check: smokeTestThatNobodyAnswers,
};

/** What asks is wget, which speaks no gRPC; and more than its health a gRPC server cannot be asked without its protobuf. */
function smokeTestThatNobodyAnswers({ api, rollout }: ResolvedService): FieldProblem[] {
  if (api.kind !== "grpc" || rollout.kind !== "blue-green" || rollout.smokeTest.length === 0) return [];
  return [
    {
      field: "rollout.smokeTest",
      rule: "asks over HTTP, but the API is gRPC",
      remedy: "leave it out, as the readiness probe asks grpc.health.v1 before the new version gets traffic",
    },
  ];
}
