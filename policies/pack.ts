import { isDeepStrictEqual } from "node:util";
import {
  type Policy,
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type StackValidation,
  type StackValidationArgs,
  UnknownValueError,
} from "@pulumi/policy";
import { notYetKnown } from "./cel/expression.ts";
import { describe, type KubernetesObject, offender } from "./judgement/judge.ts";
import { describeExpired, type Level, today, type Verdict, verdict } from "./judgement/verdict.ts";
import type { Rule, Severity } from "./rule.ts";
import { rules } from "./rules/index.ts";
import { readSettings, settingsType } from "./stack-settings.ts";
import { isRelease, kindOf } from "./type-token.ts";

const ownRules = "own-rules";
const policyNames: ReadonlySet<string> = new Set(["kind", ...rules.map(({ id }) => id)]);

/**
 * The rules as a CrossGuard pack, one policy a rule:
 *
 *     pulumi preview -s production --policy-pack policies
 *
 * The stack says by what it is judged, in a resource of settingsType: levels, parameters and exemptions of its
 * environment, and the shop's own rules. A stack without one, which is any that the kit has not made, is judged by
 * every rule of the kit, all of them mandatory. Pulumi's own policy configuration may turn a rule down or off, and
 * never up.
 */
new PolicyPack("pressurevalve", {
  enforcementLevel: "mandatory",
  policies: [objectsPolicy(), ...rules.map(rulePolicy), ownRulesPolicy()],
  readme: rules.map(({ id, title, reason }) => `- **${id}**: ${title} ${reason}`).join("\n"),
});

/** What is told of a rule: the message, on whose resource, and what follows from it. */
interface Report {
  readonly rule: string;
  /** Omitted: the policy's. */
  readonly severity?: Severity;
  readonly message: string;
  readonly urn: string | undefined;
  readonly level: Level;
}

/** What the program declares of each resource, by URN. */
const declarations = new Map<string, unknown>();

/** What the rules say of the stack, by the name of the policy that reports it; there only while the engine asks policy after policy. */
let analysis: ReadonlyMap<string, readonly Report[]> | undefined;

/**
 * Keeps what the program declares. Each resource is met twice: first as the program declares it, which is what is
 * judged, and at the end as it is known to the stack, where an autoscaler has set the replicas.
 */
function objectsPolicy(): Policy {
  return Object.assign(
    policy("kind", "Whatever is declared of Kubernetes, and how it is judged, can be read."),
    {
      validateResource: ({ urn, type, props }: { urn: string; type: string; props: unknown }) => {
        if (isRead(type)) declarations.set(urn, plain(props));
      },
    },
  );
}

function rulePolicy({ id, title, severity, remedy, references: [reference] }: Rule): Policy {
  return Object.assign(policy(id, title), {
    severity,
    remediationSteps: remedy,
    ...(reference && { url: reference.url }),
  });
}

/** Reports for whatever is no rule of the kit: a pack names its policies before it hears of any stack. */
function ownRulesPolicy(): Policy {
  return policy(ownRules, "The shop's own rules hold, and no exemption from them is past its day.");
}

/**
 * A policy that reports what one rule says of the stack. @pulumi/policy reads all resources anew for every policy that
 * has a validateStack, so that a rule has none once it is known to have nothing to say.
 */
function policy(name: string, description: string): Policy & { readonly validateStack?: StackValidation } {
  return {
    name,
    description,
    get validateStack() {
      return analysis === undefined || analysis.has(name) ? validateStack : undefined;
    },
  } as Policy;

  function validateStack({ resources }: StackValidationArgs, reportViolation: ReportViolation): void {
    analysis ??= analyse(resources);
    // The engine's request is answered without a pause; the next one is about another stack.
    setImmediate(() => {
      analysis = undefined;
    });
    for (const { rule, severity, message, urn, level } of analysis.get(name) ?? [])
      reportViolation({
        name: rule,
        severity,
        message,
        urn,
        // Where it is mandatory, Pulumi's configuration decides. Its types do not know that a violation has a level.
        ...(level === "advisory" && { enforcementLevel: level }),
      } as never);
  }
}

/** Judges the whole stack by all rules. */
function analyse(resources: readonly PolicyResource[]): Map<string, Report[]> {
  const declared = resources
    .filter(({ type }) => isRead(type))
    .map(({ type, urn, props }) => ({ type, urn, value: Object(declarations.get(urn) ?? plain(props)) }));
  const inputs = declared.filter(({ type }) => type === settingsType);
  const { settings, problem } = readSettings(inputs.map(({ value }) => value));
  const { rules: own, ...by } = settings;
  const objects = declared.flatMap(objectOf);
  const judged = verdict(
    [...rules, ...own],
    objects.map(({ value }) => value),
    { ...by, today: today() },
  );
  const reports = [
    ...(problem
      ? [{ rule: "kind", message: `kind: ${problem}`, urn: inputs[0]?.urn, level: "mandatory" as const }]
      : []),
    ...declared.filter(({ type }) => isRelease(type)).map(releaseReport),
    ...findingReports(judged, objects),
    ...expiredReports(judged, objects),
  ];
  return Map.groupBy(reports, ({ rule }) => (policyNames.has(rule) ? rule : ownRules));
}

function findingReports({ findings }: Verdict, objects: readonly Declared<KubernetesObject>[]): Report[] {
  // By identity: resources of one stack may have one name, where they are in different clusters.
  const urns = new Map(objects.map(({ urn, value }) => [offender(value), urn]));
  return findings
    .filter(({ exemption }) => exemption === undefined)
    .map((finding) => ({
      ...finding,
      message: describe(finding),
      urn: finding.object && urns.get(finding.object),
    }));
}

/** On every resource that was exempted: an exemption names no API group, and so may name several. */
function expiredReports({ expired }: Verdict, objects: readonly Declared<KubernetesObject>[]): Report[] {
  return expired.flatMap((exemption) => {
    const { rule, object } = exemption;
    const named = objects.filter(({ value }) => isDeepStrictEqual(offender(value), object));
    const urns = named.length > 0 ? named.map(({ urn }) => urn) : [undefined];
    return urns.map((urn) => ({
      rule,
      message: describeExpired(exemption),
      urn,
      level: "mandatory" as const,
    }));
  });
}

/** It stops nothing: whoever installs charts so has chosen to be judged in the cluster, where nothing is passed over. */
function releaseReport({ urn }: Declared): Report {
  const name = urn.split("::").at(-1);
  return {
    rule: "kind",
    message: `kind: Release ${name}: what its chart makes is judged in the cluster only, for Pulumi does not see it; use a Chart, or judge it by: helm template … | pressurevalve policy check -`,
    urn,
    level: "advisory",
  };
}

/** Secrets stay unread: the values of generated ones are not even known in a preview. */
function isRead(type: string): boolean {
  const { apiVersion, kind } = kindOf(type) ?? {};
  return (
    type === settingsType || (type.startsWith("kubernetes:") && !(apiVersion === "v1" && kind === "Secret"))
  );
}

interface Declared<Value = object> {
  readonly type: string;
  readonly urn: string;
  readonly value: Value;
}

/** The object that a resource declares. A component such as a ConfigGroup declares none: what it holds are resources of their own. */
function objectOf({ type, urn, value }: Declared): Declared<KubernetesObject>[] {
  const object = { ...kindOf(type), ...value };
  return type !== settingsType && "kind" in object ? [{ type, urn, value: object as KubernetesObject }] : [];
}

/** Without Pulumi's proxies, which throw at whoever reads what is not known yet, and so end the whole policy. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value.keys(), (index) => plainField(value, index));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).map((name) => [name, plainField(value, name)]));
}

function plainField(holder: object, field: string | number): unknown {
  try {
    return plain((holder as Record<string | number, unknown>)[field]);
  } catch (error) {
    if (error instanceof UnknownValueError) return notYetKnown;
    throw error;
  }
}
