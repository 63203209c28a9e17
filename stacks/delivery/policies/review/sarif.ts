import { createHash } from "node:crypto";
import { posix } from "node:path";
import { type Offender, spellObject } from "../../../../policies/judgement/judge.ts";
import { describeExpired } from "../../../../policies/judgement/verdict.ts";
import type { Reference, Rule, Severity } from "../../../../policies/rule.ts";
import {
  type Place,
  type Review,
  type ReviewedExemption,
  type ReviewedFinding,
  subjectOf,
} from "./review.ts";

/** What only the caller knows. */
export interface SarifOptions {
  /** The kit's version. */
  readonly version: string;
  /** The shop's folder, relative to the root of its repository: files are named from there. */
  readonly prefix: string;
}

/**
 * The review as SARIF 2.1.0, with what GitHub's code scanning wants of it: every rule with its help and severity, every
 * result with a location, and a fingerprint that stays when lines move and numbers change.
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function asSarif(review: Review, options: SarifOptions): string {
  return `${JSON.stringify(log(review, options), null, 2)}\n`;
}

function log(review: Review, options: SarifOptions) {
  const { environment, rules, findings, exemptions } = review;
  const descriptors = [...rules.map((rule) => descriptor(rule, review)), expiredDescriptor];
  const indices = new Map(descriptors.map(({ id }, index) => [id, index]));
  const results: Told[] = [
    // Code scanning does not know suppressions: it would count as open what somebody answers for.
    ...findings.filter(({ outcome }) => outcome !== "exempted").map(findingResult),
    ...exemptions.filter(({ state }) => state === "expired").map(expiredResult),
  ];
  const prints = fingerprints(results, environment);
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "PressureValve", semanticVersion: options.version, rules: descriptors } },
        // One category an environment: else the results of one would take the place of those of another.
        automationDetails: { id: `pressurevalve-policies/${environment}/` },
        results: results.map((one) => ({
          ...result(one, indices.get(one.rule), options),
          partialFingerprints: { primaryLocationLineHash: prints.get(one) },
        })),
      },
    ],
  };
}

/** 9.1 is the least that counts as critical, 7.0 as high, 4.0 as medium. */
const scores: Record<Severity, string> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

function descriptor(rule: Rule, { judgedBy }: Review) {
  const { id, title, reason, severity, remedy, references } = rule;
  const level = judgedBy.rules[id]?.level;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: reason },
    help: {
      text: [reason, remedy, ...references.map(({ title, url }) => `${title}: ${url}`)].join("\n"),
      markdown: [reason, `**Remedy.** ${remedy}`, ...references.map(link)].join("\n\n"),
    },
    ...(references[0] && { helpUri: references[0].url }),
    defaultConfiguration: {
      enabled: level !== "disabled",
      level: level === "mandatory" ? "error" : "warning",
    },
    // Whether a pull request may be merged goes by this score, whatever the level: advice has none.
    properties: {
      tags: ["policy", severity],
      ...(level === "mandatory" && { "security-severity": scores[severity] }),
    },
  };
}

function link({ title, url }: Reference): string {
  return `- [${title.replace(/[\\[\]]/g, "\\$&")}](<${url}>)`;
}

const expiredDescriptor = {
  id: "exemption-expired",
  shortDescription: { text: "No exemption outlives its last day." },
  fullDescription: { text: "An exemption without an end is a rule that nobody keeps any more." },
  help: { text: "Mend the object and take the exemption out, or give it a later day and a reason." },
  defaultConfiguration: { level: "error" },
  properties: { tags: ["policy"] },
};

interface Told {
  readonly rule: string;
  readonly object?: Offender;
  readonly level: "error" | "warning";
  readonly message: string;
  readonly place?: Place;
}

function findingResult({ outcome, ...finding }: ReviewedFinding): Told {
  const { object, message } = finding;
  return {
    ...finding,
    level: outcome === "fails" ? "error" : "warning",
    message: object ? `${spellObject(object)}: ${message}` : message,
  };
}

function expiredResult(exemption: ReviewedExemption): Told {
  const { object, place } = exemption;
  return {
    rule: expiredDescriptor.id,
    object,
    level: "error",
    message: describeExpired(exemption),
    ...(place && { place }),
  };
}

/** The only names that code scanning reads. They hold no line and no message: what moved, or goes on being wrong, keeps its alert. */
function fingerprints(results: readonly Told[], environment: string): Map<Told, string> {
  const alike = [...Map.groupBy(results, subjectOf)];
  return new Map(
    alike.flatMap(([subject, ones]) =>
      ones.map((one, index) => {
        const name = JSON.stringify([environment, subject, index]);
        return [one, createHash("sha256").update(name).digest("hex")] as const;
      }),
    ),
  );
}

function result(told: Told, ruleIndex: number | undefined, { prefix }: SarifOptions) {
  const { rule, object, level, message, place = wholeShop } = told;
  return {
    ruleId: rule,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uri(posix.join(prefix, place.file)) },
          region: { startLine: place.line },
        },
        ...(object && { logicalLocations: [logicalLocation(object)] }),
      },
    ],
  };
}

/** Code scanning shows no result without a file; this one leads to all others. */
const wholeShop: Place = { file: "stacks/shop.ts", line: 1 };

function logicalLocation({ kind, namespace, name }: Offender) {
  const path = [namespace, kind, name].filter((part) => part !== "");
  return { name, fullyQualifiedName: path.join("/"), kind: "resource" };
}

function uri(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
