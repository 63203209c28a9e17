import { celValue, type Expression, parse, type Scope } from "./cel.ts";
import type { Rule } from "./rule.ts";

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
  readonly rule: Rule;
  readonly variables: readonly { readonly name: string; readonly value: Expression }[];
  readonly validations: readonly { readonly holds: Expression; readonly message: Expression }[];
}

const parsedRules = new WeakMap<Rule, ParsedRule>();

/** Judges every object by every rule that matches its kind: all violations, in the order of the objects. */
export function judgeBy(
  rules: readonly Rule[],
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
  const set = objects.filter(isObject).flatMap(members).filter(isPublic);
  for (const stranger of objects.filter((object) => !isObject(object))) broken.push(unknownKind(stranger));
  const values = set.map(celValue);
  const params = celValue({ data: parameters });
  const neighbourhoods = Map.groupBy(values, (_, index) => namespaceOf(set[index] as KubernetesObject));
  const found = set.flatMap((object, index) => {
    const neighbours = neighbourhoods.get(namespaceOf(object)) ?? [];
    const scope = { object: values[index], neighbours, objects: values, params, variables: {} };
    return sound
      .filter(({ rule }) => matches(rule, object))
      .flatMap((rule) => violations(rule, object, scope));
  });
  return [...broken, ...found];
}

/** As kubectl takes an object that names no namespace. */
function namespaceOf({ metadata }: KubernetesObject): string {
  return metadata?.namespace ?? "default";
}

/** `disruption-budget: Deployment order/order: …`, one line a violation. */
export function describe({ rule, object, message }: Violation): string {
  return object ? `${rule}: ${object.kind} ${qualified(object)}: ${message}` : `${rule}: ${message}`;
}

function qualified({ namespace, name }: Offender): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** The name under which a violation reports an object. */
export function offender({ kind, metadata }: KubernetesObject): Offender {
  return { kind, namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" };
}

function parsedRule(rule: Rule): ParsedRule {
  const known = parsedRules.get(rule);
  if (known) return known;
  const parsed = {
    rule,
    variables: (rule.variables ?? []).map(({ name, expression }) => ({
      name,
      value: parse(expression, "dyn"),
    })),
    validations: rule.validations.map(({ expression, messageExpression }) => ({
      holds: parse(expression, "bool"),
      message: parse(messageExpression, "string"),
    })),
  };
  parsedRules.set(rule, parsed);
  return parsed;
}

function isObject(value: KubernetesObject): boolean {
  return typeof value?.apiVersion === "string" && typeof value.kind === "string";
}

/** Nothing can be said of what has no kind, and so nothing is passed over in silence. */
function unknownKind(stranger: unknown): Violation {
  const beginning = JSON.stringify(stranger)?.slice(0, 60) ?? String(stranger);
  return { rule: "kind", message: `${beginning} has no apiVersion and kind; give it both, or take it out` };
}

/** The objects of a List, which kubectl applies one by one. */
function members(object: KubernetesObject & { readonly items?: unknown }): KubernetesObject[] {
  return object.kind.endsWith("List") && Array.isArray(object.items)
    ? object.items.flatMap(members)
    : [object];
}

/** No rule reads a Secret, so that no message can quote one. */
function isPublic({ apiVersion, kind }: KubernetesObject): boolean {
  return !(apiVersion === "v1" && kind === "Secret");
}

function matches(rule: Rule, { apiVersion, kind }: KubernetesObject): boolean {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return rule.matchConstraints.some(({ apiGroup, kinds }) => apiGroup === group && kinds.includes(kind));
}

function violations(
  { rule, variables, validations }: ParsedRule,
  object: KubernetesObject,
  given: Scope,
): Violation[] {
  const violation = (message: string) => ({ rule: rule.id, object: offender(object), message });
  const cannot = (error: unknown) =>
    violation(
      `the rule cannot be evaluated: ${summary(error)}; correct the object, or the rule's expression`,
    );
  try {
    const scope = withVariables(given, variables);
    return validations.flatMap(({ holds, message }) => {
      try {
        return holds(scope) ? [] : [violation(String(message(scope)))];
      } catch (error) {
        return [cannot(error)];
      }
    });
  } catch (error) {
    return [cannot(error)];
  }
}

function withVariables(scope: Scope, expressions: ParsedRule["variables"]): Scope {
  const variables: Record<string, unknown> = {};
  for (const { name, value } of expressions) variables[name] = value({ ...scope, variables });
  return { ...scope, variables };
}

/** The first line: what follows it in an error of cel-js is a picture of the expression. */
function summary(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
}
