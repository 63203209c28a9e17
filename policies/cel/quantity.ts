/** An amount such as `100m`, `0.5` or `1.5Gi`, exact as Kubernetes keeps it: to a billionth. */
export class Quantity {
  readonly billionths: bigint;

  constructor(billionths: bigint) {
    this.billionths = billionths;
  }

  compareTo({ billionths }: Quantity): bigint {
    if (this.billionths === billionths) return 0n;
    return this.billionths > billionths ? 1n : -1n;
  }

  add({ billionths }: Quantity): Quantity {
    return new Quantity(this.billionths + billionths);
  }

  sub({ billionths }: Quantity): Quantity {
    return new Quantity(this.billionths - billionths);
  }
}

/** Powers of ten and of two: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity. */
const decimal: Readonly<Record<string, number>> = {
  "": 0,
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/** Go's parser wants no digit: to it `.` and `Mi` are 0. */
const spelling =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d+)$/;

/** Amounts of this order of magnitude are nobody's, and to write them out would take all memory. */
const mostDigits = 1000;

/** @returns undefined for what is no quantity */
export function parseQuantity(text: string): Quantity | undefined {
  const { sign, whole = "", fraction = "", suffix = "" } = spelling.exec(text)?.groups ?? {};
  if (sign === undefined || text === "") return undefined;
  const exponent = decimal[suffix] ?? (suffix in binary ? 0 : Number(suffix.slice(1)));
  if (Math.abs(exponent) > mostDigits || text.length > mostDigits) return undefined;
  const digits = BigInt(whole + fraction) << (binary[suffix] ?? 0n);
  const rounded = awayFromZero(digits, exponent - fraction.length + 9);
  const amount = suffix in binary && rounded > largest ? largest : rounded;
  return new Quantity(sign === "-" ? -amount : amount);
}

/** Only amounts with a binary suffix are capped. */
const largest = (2n ** 63n - 1n) * 1_000_000_000n;

/** What is less than a billionth counts as one: who wants some gets some. */
function awayFromZero(digits: bigint, exponent: number): bigint {
  if (exponent >= 0) return digits * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return (digits + divisor - 1n) / divisor;
}
