import { Duration } from "cdk8s";
import type { ResolvedApi } from "./api.ts";
import type { Call } from "./calls.ts";
import type { FieldProblem, Shop } from "./concern.ts";
import type { ResolvedRequest } from "./requests.ts";
import type { ResolvedService } from "./resolve.ts";
import { usualTimeout } from "./retries.ts";
import { duration, milliseconds, spell } from "./units.ts";

/** From what is kept longest to what is refused first. */
export const importances = ["critical", "normal", "sheddable"] as const;

/**
 * What a request is worth while more is asked than can be served: `critical` where refusing costs the shop at once,
 * `sheddable` where a refusal is soon forgotten.
 * Google SRE: [criticality](https://sre.google/sre-book/handling-overload/#criticality-YVs1TdFj)
 */
export type Importance = (typeof importances)[number];

/** When a replica of the service refuses requests, the least important first; without a mesh it refuses none. */
export interface Shedding {
  /**
   * When an answer comes too late to be of use, because callers give up. A replica lets fewer requests in as the median of
   * its answers nears it: fewer `sheddable` ones from a quarter of it on, `normal` ones from three eighths, `critical` ones from
   * a half. 10 ms to 20 s, in whole milliseconds, and no longer than any caller's `timeout`. Omitted: 1 s, or the shortest
   * `timeout` of a caller that asks what is as important or more so.
   * Envoy: [min_rtt_calc_params.fixed_value](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/adaptive_concurrency/v3/adaptive_concurrency.proto)
   */
  readonly deadline?: Duration;
}

/** How many requests of one importance a replica lets in at once. */
export interface Admission {
  readonly importance: Importance;
  /** However slow it is. */
  readonly least: number;
  /** However fast it is. */
  readonly most: number;
  /** The median answer from which on there are fewer. */
  readonly latency: Duration;
}

export interface ResolvedShedding {
  /** What the description says; each importance has its own otherwise. */
  readonly deadline?: Duration;
  /** By importance, the highest first; what no request has is not in it, but for `normal`. */
  readonly admissions: readonly Admission[];
}

const shortestDeadline = Duration.millis(10);

/** The fields of an API that say it. */
export const sheddingShape = {
  deadline: duration({ min: shortestDeadline, max: Duration.seconds(20) }).exactOptional(),
};

interface Share {
  /** Times the concurrency of the service. */
  readonly least: number;
  readonly most: number;
  /** Of the deadline. */
  readonly latency: number;
}

/**
 * An application that serves what came first serves each importance by its share of what is under way: beside a flood of
 * sheddable requests critical ones have three quarters of a replica at the least, and nearly all of it once it is slow.
 * Each importance by itself keeps the replica busy, with something to do next: a little more than the concurrency.
 * docs/decisions/0019-shedding-by-importance.md
 */
const shares: Record<Importance, Share> = {
  critical: { least: 1, most: 4, latency: 1 / 2 },
  normal: { least: 1, most: 2, latency: 3 / 8 },
  sheddable: { least: 1 / 4, most: 5 / 4, latency: 1 / 4 },
};

/** What is let in, with nothing left open. */
export function resolvedShedding(
  { requests, concurrency }: Pick<ResolvedApi, "requests" | "concurrency">,
  deadline: Duration | undefined,
  calls: readonly Call[],
): ResolvedShedding {
  const answered = requests.filter(({ streaming }) => !streaming);
  const present = new Set(answered.map(({ importance }) => importance));
  return {
    ...(deadline && { deadline }),
    admissions: importances
      // What nobody named comes too, such as the path that a smoke test asks.
      .filter((one) => one === "normal" || present.has(one))
      .map((one) => admission(one, concurrency, deadline ?? shortestWait(one, answered, calls))),
  };
}

/** How long callers wait for what is worth as much or more: what is worth less is never given longer. */
function shortestWait(
  importance: Importance,
  requests: readonly ResolvedRequest[],
  calls: readonly Call[],
): Duration {
  const higher = importances.slice(0, importances.indexOf(importance) + 1);
  const names: string[] = requests.filter((one) => higher.includes(one.importance)).map(({ name }) => name);
  const waits = calls
    .filter(({ requests: asked }) => names.some((name) => asked?.some((one) => one === name) ?? true))
    .map(({ timeout = usualTimeout }) => milliseconds(timeout));
  return Duration.millis(Math.min(milliseconds(usualTimeout), ...waits));
}

/** An answer that comes when whoever asked has left is of no use, and no measure of how busy a replica is. */
export function deadlineThatOutlastsCallers(
  { name, api }: ResolvedService,
  { services }: Shop,
): FieldProblem[] {
  const { deadline } = api.shedding;
  if (deadline === undefined) return [];
  const waits = [...services.values()].flatMap((caller) =>
    caller.calls
      .filter(({ callee, requests }) => callee === name && requests.some(({ streaming }) => !streaming))
      .map(({ timeout }) => ({ caller: caller.name, timeout })),
  );
  const [shortest] = waits.sort((one, other) => milliseconds(one.timeout) - milliseconds(other.timeout));
  if (shortest === undefined || milliseconds(deadline) <= milliseconds(shortest.timeout)) return [];
  const wait = spell(shortest.timeout);
  const canBeLowered = milliseconds(shortest.timeout) >= milliseconds(shortestDeadline);
  return [
    {
      field: "api.deadline",
      value: deadline,
      rule: `but ${shortest.caller} -> ${name} gives up after ${wait}`,
      remedy: `leave it out${canBeLowered ? ` or lower it to ${wait} or less` : ""}, or raise the timeout of that call`,
    },
  ];
}

function admission(importance: Importance, concurrency: number, deadline: Duration): Admission {
  const { least, most, latency } = shares[importance];
  return {
    importance,
    least: Math.ceil(concurrency * least),
    most: Math.ceil(concurrency * most),
    latency: Duration.millis(Math.ceil(milliseconds(deadline) * latency)),
  };
}

/** The most requests that a replica lets in at once. */
export function mostAdmitted({ admissions }: ResolvedShedding): number {
  return admissions.reduce((sum, { most }) => sum + most, 0);
}
