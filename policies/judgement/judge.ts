import { Activation, type Chain, chain, once } from "../cel/activation.ts";
import { celValue, type Expression, NotYetKnown, notYetKnown, parse } from "../cel/expression.ts";
import type { BareRule } from "../rule.ts";

/** A finished Kubernetes object, rendered or written by hand. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The environment's parameters, the data of the ConfigMap that the admission policies read. */
export type Parameters = Readonly<Record<string, string>>;

/** The object that broke a rule. */
export interface Offender {
  readonly kind: string;
  /** Empty for an object of the cluster, or when the object leaves it to whoever applies it. */
  readonly namespace: string;
  readonly name: string;
}

/** One way in which one object breaks one rule. */
export interface Violation {
  readonly rule: string;
  /** Absent when the rule itself is broken. */
  readonly object?: Offender;
  /** The field, its value, the rule and the remedy; no payload of a Secret. */
  readonly message: string;
}

interface ParsedRule {
  readonly rule: BareRule;
  readonly variables: Chain | undefined;
  readonly validations: readonly { readonly holds: Expression; readonly message: Expression }[];
}

const parsedRules = new WeakMap<BareRule, ParsedRule>();

/**
 * Judges every object by every rule that matches its kind: all violations, in the order of the objects. Where an object
 * holds `notYetKnown` and a rule hangs on it, the rule is undecided, and that is a violation as well.
 */
export function judgeBy(
  rules: readonly BareRule[],
  objects: readonly KubernetesObject[],
  parameters: Parameters = {},
): Violation[] {
  const broken: Violation[] = [];
  const sound = rules.flatMap((rule) => {
    try {
      return [parsedRule(rule)];
    } catch (error) {
      broken.push({ rule: rule.id, message: `the rule is broken: ${summary(error)}; mend its expression` });
      return [];
    }
  });
  const all = objects.flatMap(members);
  for (const stranger of all.filter((object) => !isKubernetesObject(object)))
    broken.push(unknownKind(stranger));
  const set = all.filter(isKubernetesObject).filter(isPublic);
  const rulesOf = byKind(sound);
  const activationOf = activations(set, parameters);
  const whereabouts = once(() => unknownsIn(set));
  const found = set.flatMap((object) => {
    const matching = rulesOf.get(groupAndKind(object));
    if (matching === undefined) return [];
    const activation = activationOf(object);
    return matching.flatMap((rule) => violations(rule, object, activation, whereabouts));
  });
  return [...broken, ...found];
}

function byKind(parsed: readonly ParsedRule[]): Map<string, ParsedRule[]> {
  const matches = parsed.flatMap((one) => {
    const kinds = one.rule.matchConstraints.flatMap(({ apiGroup, kinds }) =>
      kinds.map((kind) => `${apiGroup}/${kind}`),
    );
    return [...new Set(kinds)].map((kind) => ({ kind, one }));
  });
  const grouped = Map.groupBy(matches, ({ kind }) => kind);
  return new Map([...grouped].map(([kind, ones]) => [kind, ones.map(({ one }) => one)]));
}

/** `apps/Deployment`, in whatever version; `/Pod` for the core group. */
export function groupAndKind({ apiVersion, kind }: KubernetesObject): string {
  const slash = apiVersion.indexOf("/");
  return `${slash < 0 ? "" : apiVersion.slice(0, slash)}/${kind}`;
}

/** The activation of each object. Only what an expression reads is made into values of CEL, and that once. */
function activations(
  set: readonly KubernetesObject[],
  parameters: Parameters,
): (object: KubernetesObject) => Activation {
  const params = celValue({ data: parameters });
  const values = new Map(set.map((object) => [object, once(() => celValue(object))]));
  const valuesOf = (some: readonly KubernetesObject[]) =>
    byName(some).map((object) => values.get(object)?.());
  const all = Activation.around(
    params,
    once(() => valuesOf(set)),
  );
  const homeless = set.find((object) => namespaceOf(object) === notYetKnown);
  const around = new Map<unknown, Activation>();
  for (const [namespace, members] of Map.groupBy(set, namespaceOf)) {
    const neighbours = once(() => {
      // It may turn out to be anybody's neighbour; reading its namespace throws.
      if (homeless) namespaceOf(values.get(homeless)?.() as KubernetesObject);
      return valuesOf(members);
    });
    around.set(namespace, all.among(neighbours));
  }
  return (object) => (around.get(namespaceOf(object)) as Activation).at(values.get(object)?.());
}

/** A message that names several of them is the same in whatever order they came: Pulumi registers them side by side. */
function byName(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const keyed = objects.map((object) => {
    const { kind, namespace, name } = offender(object);
    return { object, key: `${kind}/${namespace}/${name}` };
  });
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return keyed.map(({ object }) => object);
}

/** As kubectl takes an object that names no namespace. */
function namespaceOf({ metadata }: KubernetesObject): unknown {
  return (metadata as unknown) === notYetKnown ? notYetKnown : (metadata?.namespace ?? "default");
}

/** `disruption-budget: Deployment order/order: …`, one line a violation. */
export function describe({ rule, object, message }: Violation): string {
  return object ? `${rule}: ${spellObject(object)}: ${message}` : `${rule}: ${message}`;
}

/** `Deployment order/order`; nothing where a rule itself is broken. */
export function spellObject(object: Offender | undefined): string {
  if (object === undefined) return "";
  const { kind, namespace, name } = object;
  return `${kind} ${namespace && `${namespace}/`}${name}`;
}

/**
 * The name under which violations report an object; empty where it is not known yet. For one object it is the same
 * every time, so that it leads back to the object. A name that the API server makes up is told by its beginning: `x-…`.
 */
export function offender(object: KubernetesObject): Offender {
  const known = offenders.get(object) ?? nameOf(object);
  offenders.set(object, known);
  return known;
}

const offenders = new WeakMap<KubernetesObject, Offender>();

function nameOf({ kind, metadata }: KubernetesObject): Offender {
  const { name, namespace, generateName } = Object(metadata);
  const known = (words: unknown) => (typeof words === "string" ? words : "");
  const beginning = known(generateName);
  return {
    kind,
    namespace: known(namespace),
    name: known(name) || (beginning && `${beginning}…`),
  };
}

function parsedRule(rule: BareRule): ParsedRule {
  const known = parsedRules.get(rule);
  if (known) return known;
  const parsed = {
    rule,
    variables: chain(rule.variables),
    validations: rule.validations.map(({ expression, messageExpression }) => ({
      holds: parse(expression, "bool"),
      message: parse(messageExpression, "string"),
    })),
  };
  parsedRules.set(rule, parsed);
  return parsed;
}

export function isKubernetesObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind } = Object(value);
  return typeof apiVersion === "string" && typeof kind === "string";
}

/** Nothing can be said of what has no kind, and so nothing is passed over in silence. It may be a Secret: no value is told. */
function unknownKind(stranger: unknown): Violation {
  return {
    rule: "kind",
    message: `${describeStranger(stranger)} has no apiVersion and kind; give it both, or take it out`,
  };
}

/** `a value with metadata, stringData called order` */
function describeStranger(stranger: unknown): string {
  const { name } = Object(Object(stranger).metadata);
  const fields = Array.isArray(stranger) ? [] : Object.keys(Object(stranger));
  return [
    "a value",
    ...(typeof stranger === "object" && fields.length > 0 ? [`with ${fields.slice(0, 5).join(", ")}`] : []),
    ...(typeof name === "string" ? [`called ${name}`] : []),
  ].join(" ");
}

/** The objects of a List, which kubectl applies one by one. */
function members(object: KubernetesObject & { readonly items?: unknown }): unknown[] {
  if (!isKubernetesObject(object) || !object.kind.endsWith("List")) return [object];
  if (Array.isArray(object.items)) return object.items.flatMap(members);
  return object.items === notYetKnown ? [object.items] : [object];
}

/** No rule reads a Secret, so that no message can quote one. */
function isPublic({ apiVersion, kind }: KubernetesObject): boolean {
  return !(apiVersion === "v1" && kind === "Secret");
}

/** What one object breaks of one rule. */
function violations(
  { rule, variables, validations }: ParsedRule,
  object: KubernetesObject,
  activation: Activation,
  whereabouts: () => Whereabouts,
): Violation[] {
  const scope = activation.scope(variables);
  const messages = validations.flatMap(({ holds, message }) => {
    try {
      return holds(scope) ? [] : [said(() => message(scope)) ?? rule.remedy];
    } catch (error) {
      return [error instanceof NotYetKnown ? undecided(error, object, whereabouts()) : cannot(error)];
    }
  });
  return [...new Set(messages)].map((message) => ({ rule: rule.id, object: offender(object), message }));
}

/**
 * What the API server takes of a messageExpression: one line of at most 5 KiB. For any other, and for one that fails,
 * it says `message`, which is the remedy.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#message-expression
 */
function said(message: () => unknown): string | undefined {
  try {
    const words = String(message()).trim();
    return words === "" || words.includes("\n") || Buffer.byteLength(words) > 5 * 1024 ? undefined : words;
  } catch {
    return undefined;
  }
}

function cannot(error: unknown): string {
  return `the rule cannot be evaluated: ${summary(error)}; correct the object, or the rule's expression`;
}

/** Names the field, and the object that it is of where it is another's. */
function undecided({ holder, field }: NotYetKnown, object: KubernetesObject, unknowns: Whereabouts): string {
  const places = unknowns.get(holder) ?? [];
  const { of = object, path = "" } = places.find((place) => place.of === object) ?? places[0] ?? {};
  const whose = of === object ? "" : ` of ${spellObject(offender(of))}`;
  return `undecided: ${step(path, holder, field)}${whose} is known only after the deployment; give a value that is known before it`;
}

/** Where each object or list stands that holds what is not known yet; written with JavaScript, it may stand in several places. */
type Whereabouts = ReadonlyMap<object, readonly { readonly of: KubernetesObject; readonly path: string }[]>;

/** One namespace that is not known leaves every object undecided: what they hang on is looked for once. */
function unknownsIn(set: readonly KubernetesObject[]): Whereabouts {
  const found = set.flatMap((of) => holders(of).map((place) => ({ of, ...place })));
  return Map.groupBy(found, ({ holder }) => holder);
}

/** Whatever holds something that is not known yet, with its path: `spec.containers[0]`. */
function holders(value: unknown, path = ""): { readonly holder: object; readonly path: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const fields = Object.entries(value);
  const within = fields.flatMap(([field, child]) => holders(child, step(path, value, field)));
  return fields.some(([, child]) => child === notYetKnown) ? [{ holder: value, path }, ...within] : within;
}

function step(path: string, holder: object, field: string | number): string {
  if (Array.isArray(holder)) return `${path}[${field}]`;
  return path ? `${path}.${field}` : String(field);
}

/** The first line: what follows it in an error of cel-js is a picture of the expression. */
function summary(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
}
