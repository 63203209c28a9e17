import type { Variable } from "../rule.ts";
import { type Expression, parse, type Scope } from "./expression.ts";
import { kindred, neighboursOfKinds } from "./narrowing.ts";

/** A rule's variable and, by `earlier`, those that stand before it. */
export interface Chain {
  readonly earlier: Chain | undefined;
  readonly name: string;
  readonly value: Expression;
  /** Names of the scope on which its value hangs, also through other variables. */
  readonly reads: ReadonlySet<string>;
  readonly later: Map<string, Chain>;
}

const first = new Map<string, Chain>();

/**
 * The last of a rule's variables; none where it has none. Rules whose variables begin alike share the links, and with
 * them the values: `pods` stands first in most rules, and is evaluated once an object.
 */
export function chain(variables: readonly Variable[] = []): Chain | undefined {
  return variables.reduce<Chain | undefined>((earlier, variable) => {
    const later = earlier?.later ?? first;
    const key = JSON.stringify([variable.name, variable.expression]);
    const link = later.get(key) ?? newLink(variable, earlier);
    later.set(key, link);
    return link;
  }, undefined);
}

function newLink({ name, expression }: Variable, earlier: Chain | undefined): Chain {
  const value = parse(expression, "dyn");
  const through = value.reads.has("variables") ? links(earlier).flatMap((link) => [...link.reads]) : [];
  return { earlier, name, value, reads: new Set([...value.reads, ...through]), later: new Map() };
}

function links(last: Chain | undefined): Chain[] {
  return last ? [last, ...links(last.earlier)] : [];
}

/**
 * What expressions read at one object, which is what CEL calls an activation. As in the API server a variable is
 * evaluated when an expression first reads it, and an error of it is one of every expression that reads it. One that
 * does not read the object has the same value at all its neighbours, and one that does not read those either has the same
 * at all objects: it is evaluated in the activation around this one.
 */
export class Activation {
  readonly #given: object;
  readonly #around: Activation | undefined;
  /** What is given here, and not in the activation around this one. */
  readonly #adds: "object" | "neighbours" | "objects";
  readonly #values = new Map<Chain, () => unknown>();
  readonly #scopes = new Map<Chain | undefined, Scope>();

  private constructor(given: object, adds: "object" | "neighbours" | "objects", around?: Activation) {
    this.#given = given;
    this.#adds = adds;
    this.#around = around;
  }

  /** Around all objects that are judged together, which are only asked for when an expression reads them. */
  static around(params: unknown, objects: () => readonly unknown[]): Activation {
    const given = Object.defineProperty({ params }, "objects", { get: objects });
    return new Activation(given, "objects");
  }

  /** Around those of one namespace, which are only asked for when an expression reads them. */
  among(neighbours: () => readonly unknown[]): Activation {
    const given = Object.defineProperties(Object.create(this.#given), {
      neighbours: { get: neighbours },
      [kindred]: { get: once(() => neighboursOfKinds(neighbours)) },
    });
    return new Activation(given, "neighbours", this);
  }

  /** At one of these objects. */
  at(object: unknown): Activation {
    return new Activation(Object.assign(Object.create(this.#given), { object }), "object", this);
  }

  /** The scope of an expression that comes after these variables. */
  scope(variables: Chain | undefined): Scope {
    const known = this.#scopes.get(variables);
    if (known) return known;
    const own = { variables: this.#variables(variables) };
    const scope: Scope = Object.assign(Object.create(this.#given), own);
    this.#scopes.set(variables, scope);
    return scope;
  }

  #variables(last: Chain | undefined): Scope["variables"] {
    const variables = {};
    for (const link of links(last).reverse())
      Object.defineProperty(variables, link.name, { get: () => this.#value(link), enumerable: true });
    return variables;
  }

  #value(link: Chain): unknown {
    if (this.#around && !link.reads.has(this.#adds)) return this.#around.#value(link);
    const known = this.#values.get(link);
    if (known) return known();
    const value = once(() => link.value(this.scope(link.earlier)));
    this.#values.set(link, value);
    return value();
  }
}

/** Evaluates at the first call, and gives the same value, or throws the same error, at every call. */
export function once<Value>(evaluate: () => Value): () => Value {
  let outcome: { readonly value: Value } | { readonly error: unknown } | undefined;
  return () => {
    outcome ??= attempt(evaluate);
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  };
}

function attempt<Value>(evaluate: () => Value) {
  try {
    return { value: evaluate() };
  } catch (error) {
    return { error };
  }
}
