import { describePitfall, type Environment } from "../constructs/index.ts";
import type { Shop } from "../stacks/delivery/index.ts";
import { pitfallsOf } from "../stacks/delivery/pitfall-warnings.ts";

/** Tells of pitfalls on stderr; a program gets one line of JSON, `{"warnings":[…]}`, and nothing where there are none. */
export function warnOfPitfalls(shop: Shop, environment: Environment, { asJson = false } = {}): void {
  const found = pitfallsOf(shop, environment);
  if (found.length === 0) return;
  const lines = found.map((pitfall) => `warning: ${describePitfall(pitfall)}`);
  console.error(asJson ? JSON.stringify({ warnings: found }) : lines.join("\n"));
}
