import type { Say } from "./aim.ts";

/** How often each takes its turn, and what ends them all before that. */
export interface Rounds {
  readonly rounds: number;
  readonly say: Say;
  readonly ended: AbortSignal;
}
