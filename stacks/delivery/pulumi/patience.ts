import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";

/**
 * How long a workload may show no change before nobody waits for it any more, in milliseconds: the deadline that it
 * gives its own controller, and the pause that it asks for.
 */
export function patience({ kind, spec }: Manifest): number {
  const { progressDeadlineSeconds, activeDeadlineSeconds, strategy } = (spec ?? {}) as Deadlines;
  const deadline = progressDeadlineSeconds ?? activeDeadlineSeconds ?? defaultDeadlines[kind] ?? 600;
  const pause = strategy?.blueGreen?.autoPromotionSeconds ?? 0;
  return (deadline + pause) * 1000 + margin;
}

// A controller that is alive reports a missed deadline by itself; the margin leaves it the time for that.
const margin = 60_000;

// In seconds. A StatefulSet knows no deadline; as long as in the kubectl sequence of `npm run synth`.
const defaultDeadlines: Record<string, number> = { StatefulSet: 300 };

interface Deadlines {
  /** Of a Deployment or a Rollout; 600 where it is left out. */
  progressDeadlineSeconds?: number;
  /** Of a Job. */
  activeDeadlineSeconds?: number;
  /** Nothing happens to a Rollout while it waits for its promotion. */
  strategy?: { blueGreen?: { autoPromotionSeconds?: number } };
}
