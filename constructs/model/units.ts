import { Duration, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { z } from "zod";

/** A duration in whole milliseconds. */
export function duration(bounds: { min: Duration; max: Duration }) {
  return amount(
    Duration,
    "Duration.millis(200)",
    milliseconds,
    bounds,
    Number.isInteger,
    "whole milliseconds",
  );
}

/** A duration in whole seconds, for upstream fields that count seconds. */
export function wholeSeconds(bounds: { min: Duration; max: Duration }) {
  const whole = (millis: number) => Number.isInteger(millis / 1000);
  return amount(Duration, "Duration.seconds(30)", milliseconds, bounds, whole, "whole seconds");
}

/** An amount of memory or storage in whole mebibytes; the example must lie within the bounds. */
export function size(bounds: { min: Size; max: Size }, example = "Size.mebibytes(256)") {
  return amount(Size, example, mebibytes, bounds, Number.isInteger, "whole mebibytes");
}

/** An amount of CPU in whole millicores. */
export function cpu(bounds: { min: Cpu; max: Cpu }) {
  return amount(Cpu, "Cpu.millis(250)", millicores, bounds, Number.isInteger, "whole millicores");
}

export function milliseconds(value: Duration): number {
  return unfuzzed(value.toMilliseconds({ integral: false }));
}

export function seconds(value: Duration): number {
  return value.toSeconds({ integral: false });
}

export function mebibytes(value: Size): number {
  return value.toKibibytes() / 1024;
}

export function millicores(value: Cpu): number {
  const text = String(value.amount);
  return unfuzzed(text.endsWith("m") ? Number(text.slice(0, -1)) : Number(text) * 1000);
}

/** 1.001 x 1000 is not quite 1001 in binary. */
function unfuzzed(measured: number): number {
  return Number(measured.toPrecision(12));
}

/** Kubernetes' own spelling of an amount of memory or storage. */
export function sizeQuantity(value: Size): string {
  return `${mebibytes(value)}Mi`;
}

/** Kubernetes' own spelling of an amount of CPU. */
export function cpuQuantity(value: Cpu): string {
  return `${millicores(value)}m`;
}

// Cpu's constructor is private, so a constructor signature would not take it.
// biome-ignore lint/complexity/noBannedTypes: instanceof needs nothing more than a function
type UnitClass<Unit> = Function & { readonly prototype: Unit };

function amount<Unit>(
  type: UnitClass<Unit>,
  example: string,
  measure: (value: Unit) => number,
  bounds: { min: Unit; max: Unit },
  whole: (measured: number) => boolean,
  wholeWords: string,
) {
  const [min, max] = [measure(bounds.min), measure(bounds.max)];
  return z
    .custom<Unit>((value) => value instanceof type, `must be a ${type.name}; write for example ${example}`)
    .refine((value) => inRange(measured(value, measure), min, max) && whole(measure(value)), {
      error: `must be ${wholeWords} from ${spell(bounds.min)} to ${spell(bounds.max)}; write for example ${example}`,
      abort: true,
    });
}

function measured<Unit>(value: Unit, measure: (value: Unit) => number): number {
  try {
    return measure(value);
  } catch {
    return Number.NaN;
  }
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

/** How an amount is said to a person: `800 ms`, `10 min`, `256 MiB`, `250m`, `2 cores`; of other objects their class. */
export function spell(value: unknown): string {
  if (value instanceof Duration)
    return inUnits(milliseconds(value), ["ms", 1], ["s", 1000], ["min", 60], ["h", 60]);
  if (value instanceof Size) return inUnits(mebibytes(value), ["MiB", 1], ["GiB", 1024], ["TiB", 1024]);
  if (value instanceof Cpu) {
    const millis = millicores(value);
    return millis % 1000 === 0 ? `${millis / 1000} cores` : `${millis}m`;
  }
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return String(value);
}

/** The amount in the largest unit in which it is a whole number. */
function inUnits(amount: number, ...units: [string, number][]): string {
  let [count, unit] = [amount, units[0]?.[0]];
  for (const [larger, factor] of units) {
    if (count === 0 || count % factor !== 0) break;
    [count, unit] = [count / factor, larger];
  }
  return `${count} ${unit}`;
}
