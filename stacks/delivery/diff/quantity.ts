import type { Path } from "./path.ts";

// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
const quantity = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkKMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

const decimalPowers: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryPowers: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** Whether two spellings are the same amount: `1000m` and `1`, `1Gi` and `1024Mi`. Kubernetes compares like that too. */
export function sameQuantity(before: unknown, after: unknown): boolean {
  const [left, right] = [amount(before), amount(after)];
  if (left === undefined || right === undefined) return false;
  return left.digits * 10n ** BigInt(right.places) === right.digits * 10n ** BigInt(left.places);
}

/** A number as `digits` / 10^`places`, so that nothing is rounded. */
interface Amount {
  digits: bigint;
  places: number;
}

function amount(value: unknown): Amount | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const [, sign, whole = "", fraction = "", suffix = "", exponent = "0"] = quantity.exec(String(value)) ?? [];
  if (sign === undefined || whole + fraction === "" || Math.abs(Number(exponent)) > 30) return undefined;
  const power = (decimalPowers[suffix] ?? 0) + Number(exponent);
  const digits =
    BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n) * 2n ** (binaryPowers[suffix] ?? 0n);
  const places = fraction.length - power;
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

const quantityFields: ReadonlySet<unknown> = new Set(["sizeLimit", "averageValue"]);
const quantityMaps: ReadonlySet<unknown> = new Set(["requests", "limits", "hard", "capacity"]);

/** Whether Kubernetes reads a field as a quantity. An environment variable of the same look is text. */
export function isQuantity(path: Path): boolean {
  return quantityFields.has(path.at(-1)) || quantityMaps.has(path.at(-2));
}
