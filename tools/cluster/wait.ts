import { setTimeout } from "node:timers/promises";

/**
 * Asks again and again until the answer is yes. An error of `ask` ends the waiting.
 *
 * @throws Error that names `what` when the answer is still no after `limit` milliseconds
 */
export async function until(what: string, ask: () => Promise<boolean>, limit = 120_000): Promise<void> {
  const deadline = performance.now() + limit;
  while (!(await ask())) {
    if (performance.now() > deadline) {
      throw new Error(`waited ${limit / 1000} s for ${what}`);
    }
    await setTimeout(100);
  }
}
