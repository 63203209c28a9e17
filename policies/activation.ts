import { type Expression, parse, type Scope } from "./cel.ts";
import { kindred, neighboursOfKinds } from "./kindred.ts";
import type { Variable } from "./rule.ts";

/** A rule's variable and, by `earlier`, those that stand before it. */
export interface Chain {
  readonly earlier: Chain | undefined;
  readonly name: string;
  readonly value: Expression;
  /** Whether its value may differ from object to object of one namespace. */
  readonly readsObject: boolean;
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
  const readsObject =
    value.reads.has("object") ||
    (value.reads.has("variables") && links(earlier).some((link) => link.readsObject));
  return { earlier, name, value, readsObject, later: new Map() };
}

function links(last: Chain | undefined): Chain[] {
  return last ? [last, ...links(last.earlier)] : [];
}

/**
 * What expressions read at one object, which is what CEL calls an activation. As in the API server a variable is
 * evaluated when an expression first reads it, and an error of it is one of every expression that reads it. One that
 * does not read the object has the same value at all its neighbours: it is that of the activation around this one.
 */
export class Activation {
  readonly #given: object;
  readonly #around: Activation | undefined;
  readonly #values = new Map<Chain, () => unknown>();
  readonly #scopes = new Map<Chain | undefined, Scope>();

  private constructor(given: object, around?: Activation) {
    this.#given = given;
    this.#around = around;
  }

  /** Around all objects of a namespace. Neighbours and objects are only asked for when an expression reads them. */
  static around(
    params: unknown,
    neighbours: () => readonly unknown[],
    objects: () => readonly unknown[],
  ): Activation {
    const ofKinds = once(() => neighboursOfKinds(neighbours));
    const given = { params };
    Object.defineProperties(given, {
      neighbours: { get: neighbours },
      [kindred]: { get: ofKinds },
      objects: { get: objects },
    });
    return new Activation(given);
  }

  /** At one of these objects. */
  at(object: unknown): Activation {
    return new Activation(Object.assign(Object.create(this.#given), { object }), this);
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
    if (!link.readsObject && this.#around) return this.#around.#value(link);
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
