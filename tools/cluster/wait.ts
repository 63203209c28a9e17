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

/**
 * Waits until all of the work is over, the rest too when one fails, so that nothing goes on behind an error.
 *
 * @throws the first failure
 */
export async function together(...work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
