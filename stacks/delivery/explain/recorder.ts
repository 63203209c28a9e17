/** Where something stands in a source: the file, and the offset of its first character. */
export interface Place {
  readonly file: string;
  readonly start: number;
}

/** What stands between the braces or brackets of one literal, in order. */
export type Part =
  | { readonly kind: "key"; readonly key: string; readonly start: number }
  | { readonly kind: "computed"; readonly start: number }
  | { readonly kind: "element"; readonly start: number }
  | { readonly kind: "spread"; readonly start: number; readonly list: boolean };

/** An object or array literal of an instrumented source. */
interface Site extends Place {
  readonly parts: readonly Part[];
}

/** A number, string or boolean that stands in an instrumented source. */
export interface Literal extends Place {
  /** Whether a value is made of it; others are compared, or say how a value is cut or counted. */
  readonly makesValue: boolean;
  /** What it was last, which of a template may be this or that. */
  value?: unknown;
}

type Places = Map<string, readonly Place[]>;

type Keep = (part: unknown) => unknown;

/** Under this name instrumented sources find the recorder. */
export const recorderKey = Symbol.for("pressurevalve.explain");

/**
 * What instrumented sources call while they run. It knows which line wrote each property of each object, and can
 * make one literal of the sources another one.
 */
export class Recorder {
  readonly sites: Site[] = [];
  readonly literals: Literal[] = [];
  readonly #written = new WeakMap<object, { site: Site; places: Places }>();
  readonly #constants: (() => void)[] = [];
  #evaluated = new Set<number>();
  #recording = true;
  #whole: unknown;
  #changed: { literal: number; change: (value: unknown) => unknown } | undefined;

  /** The places that wrote a property of an object, or an element of an array: the last one first. */
  placesOf(container: object, key: PropertyKey): readonly Place[] {
    return this.#written.get(container)?.places.get(String(key)) ?? [];
  }

  /** The literal that an object or array was made by. */
  siteOf(container: object): Place | undefined {
    return this.#written.get(container)?.site;
  }

  /** The literals that are evaluated while the action runs. */
  evaluatedBy(action: () => void): Set<number> {
    this.#evaluated = new Set();
    action();
    return this.#evaluated;
  }

  /** Runs without keeping places, which takes time. */
  unrecorded<Result>(action: () => Result): Result {
    this.#recording = false;
    try {
      return action();
    } finally {
      this.#recording = true;
    }
  }

  /** Runs an action as if another value stood in the place of a literal; a template has many, each of which is changed. */
  withLiteral<Result>(literal: number, change: (value: unknown) => unknown, action: () => Result): Result {
    this.#changed = { literal, change };
    try {
      return action();
    } finally {
      this.#changed = undefined;
    }
  }

  /** Evaluates every constant of the instrumented sources again, in the order of their loading. */
  reevaluateConstants(): void {
    for (const evaluate of this.#constants) evaluate();
  }

  // The names below are what instrumented sources write.

  object(site: number, make: (keep: Keep) => object): object {
    return this.#keep(site, make);
  }

  array(site: number, make: (keep: Keep) => unknown[]): unknown[] {
    return this.#keep(site, make);
  }

  literal(literal: number, value: unknown): unknown {
    this.#evaluated.add(literal);
    (this.literals[literal] as Literal).value = value;
    return this.#changed?.literal === literal ? this.#changed.change(value) : value;
  }

  /** What is about to be taken apart into some fields and the rest. */
  whole<Value>(value: Value): Value {
    this.#whole = value;
    return value;
  }

  /** The rest of what was taken apart is written where the whole was. */
  rest(rest: object, whole = this.#whole): void {
    const written = typeof whole === "object" && whole !== null && this.#written.get(whole);
    if (this.#recording && written) this.#written.set(rest, written);
  }

  constant<Value>(make: () => Value, assign: (value: Value) => void): Value {
    this.#constants.push(() => assign(make()));
    return make();
  }

  #keep<Container extends object>(index: number, make: (keep: Keep) => Container): Container {
    if (!this.#recording) return make((part) => part);
    const kept: unknown[] = [];
    const container = make((part) => {
      kept.push(part);
      return part;
    });
    const site = this.sites[index] as Site;
    this.#written.set(container, { site, places: this.#places(site, kept) });
    return container;
  }

  #places({ file, parts }: Site, kept: unknown[]): Places {
    const places: Places = new Map();
    let next = 0;
    for (const part of parts)
      for (const [key, written] of this.#writtenBy(part, { file, start: part.start }, kept)) {
        const name = part.kind === "element" || (part.kind === "spread" && part.list) ? String(next++) : key;
        places.set(name, [...written, ...(places.get(name) ?? [])]);
      }
    return places;
  }

  /** What one part of a literal writes; in a list the keys are those of the other list. */
  #writtenBy(part: Part, place: Place, kept: unknown[]): [key: string, places: readonly Place[]][] {
    if (part.kind === "key") return [[part.key, [place]]];
    if (part.kind === "element") return [["", [place]]];
    if (part.kind === "computed") return [[String(kept.shift()), [place]]];
    return this.#spread(kept.shift(), place);
  }

  /** What is spread keeps the places that wrote it, if they are known. */
  #spread(spread: unknown, place: Place): [string, readonly Place[]][] {
    if (typeof spread !== "object" || spread === null) return [];
    return Object.keys(spread).map((key) => {
      const written = this.placesOf(spread, key);
      return [key, written.length > 0 ? written : [place]];
    });
  }
}
