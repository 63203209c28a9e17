import { Fault } from "../fault.ts";

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of "200ms", "5s", "30m" or "24h". @throws Fault when the text is none of these. */
export function milliseconds(name: string, text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new Fault(`${name} is "${text}"; a duration is a whole number with a unit, such as 200ms or 5s`, 1);
  }
  return Number(amount) * (MILLISECONDS[unit] ?? 1);
}
