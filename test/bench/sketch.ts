/** A service of a generated shop as plain data, from which each contender's own source is written. */
export interface Sketch {
  readonly name: string;
  readonly owner: string;
  readonly port: number;
  readonly cpuMillis: number;
  readonly memoryMebibytes: number;
  readonly database: boolean;
  readonly migration?: readonly string[];
  readonly calls: readonly SketchedCall[];
  readonly jobs: readonly { name: string; schedule: string; args: readonly string[] }[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly scaling: { kind: "fixed"; replicas: number } | { kind: "autoscaled"; max: number };
  readonly rollout: "rolling" | "blue-green";
  /** Paths; none for a rolling service. */
  readonly smokeTest: readonly string[];
}

interface SketchedCall {
  readonly callee: string;
  readonly timeoutMilliseconds: number;
  readonly attempts: number;
}

const nouns = ["cart", "catalogue", "delivery", "invoice", "loyalty", "price", "review", "search", "stock"];
const owners = ["checkout", "customer-care", "discovery", "logistics", "warehouse"];

/** What some reader of YAML takes for no string unless it is quoted; 0o17 is left out, for plain cdk8s does not quote it. */
const settings = ["eu-central-1", "on", "1_000", "2026-12-01", "EUR", "1:20", "", "hello, world: yes"];

/**
 * A shop of so many services, the same each time: half have a database, a quarter are blue-green, two thirds scale.
 * A service calls up to three of the tier below its own, so that the calls form no cycle and their timeouts nest; only
 * the lowest calls are tried again, so that retries do not multiply.
 */
export function sketchShop(size: number): readonly Sketch[] {
  const dice = new Dice(size);
  const tiers: string[][] = [[], [], [], []];
  return Array.from({ length: size }, (_, index): Sketch => {
    const name = `${nouns[index % nouns.length]}-${index + 1}`;
    const tier = index % tiers.length;
    tiers[tier]?.push(name);
    return {
      name,
      owner: dice.pick(owners),
      port: dice.pick([3000, 8080]),
      cpuMillis: dice.pick([50, 100, 250, 500]),
      memoryMebibytes: dice.pick([128, 256, 512]),
      ...sketchDatabase(dice),
      calls: sketchCalls(dice, tiers[tier - 1] ?? [], tier),
      jobs: dice.chance(0.15)
        ? [{ name: "clean-up", schedule: "*/15 * * * *", args: ["job", "clean-up"] }]
        : [],
      // In this order, because Helm ranges over the keys of a map by the alphabet.
      env: dice.chance(0.4) ? { MODE: dice.pick(settings), REGION: dice.pick(settings) } : {},
      files: dice.chance(0.2)
        ? { "settings.json": `{ "limit": ${index} }\n`, "terms.txt": "one\n\n  two: yes\n" }
        : {},
      scaling: dice.chance(2 / 3)
        ? { kind: "autoscaled", max: dice.pick([6, 12, 60]) }
        : { kind: "fixed", replicas: dice.pick([3, 4]) },
      ...sketchRollout(dice),
    };
  });
}

function sketchDatabase(dice: Dice): Pick<Sketch, "database" | "migration"> {
  const database = dice.chance(0.5);
  return { database, ...(database && dice.chance(0.8) && { migration: ["migrate", "--lock-timeout=5s"] }) };
}

function sketchCalls(dice: Dice, callees: readonly string[], tier: number): SketchedCall[] {
  if (callees.length === 0) return [];
  const chosen = new Set(Array.from({ length: dice.upTo(3) }, () => dice.pick(callees)));
  const timeoutMilliseconds = 200 * 3 ** (tier - 1);
  return [...chosen].map((callee) => ({
    callee,
    timeoutMilliseconds,
    attempts: tier === 1 ? dice.pick([1, 2]) : 1,
  }));
}

function sketchRollout(dice: Dice): Pick<Sketch, "rollout" | "smokeTest"> {
  return dice.chance(0.25)
    ? { rollout: "blue-green", smokeTest: ["/health/ready", "/version"].slice(0, 1 + dice.upTo(1)) }
    : { rollout: "rolling", smokeTest: [] };
}

/** Choices that look random and are the same each time: the generator mulberry32. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  /** A whole number from 0. */
  upTo(most: number): number {
    return Math.floor(this.#next() * (most + 1));
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#next() * values.length)] as Value;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
