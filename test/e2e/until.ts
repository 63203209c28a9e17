import { setTimeout } from "node:timers/promises";

/** Asks again and again until something holds; fails with the last answer when it does not in time. */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value>,
  holds: (value: Value) => boolean,
  minutes = 5,
): Promise<Value> {
  const deadline = Date.now() + minutes * 60_000;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${minutes} minutes; last seen ${JSON.stringify(value)}`);
    await setTimeout(500);
  }
}
