import { spellObject } from "../../../../policies/judgement/judge.ts";
import { describeExpired, type Level } from "../../../../policies/judgement/verdict.ts";
import type { Rule } from "../../../../policies/rule.ts";
import { spellBefore, spellExemption, spellPlace } from "./account.ts";
import type { Outcome, Review, ReviewedExemption, ReviewedFinding } from "./review.ts";
import { document, element } from "./xml.ts";

/**
 * The review as CI shows tests: a suite for each rule, and in it a case for each object that breaks it, or one that
 * passes. Advice and exemptions are skipped cases, so that they are seen and stop nothing.
 */
export function asJUnit(review: Review): string {
  const { environment, rules, judgedBy, findings, exemptions, today } = review;
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  const known = new Set(rules.map(({ id }) => id));
  const strange = [...byRule.keys()].filter((id) => !known.has(id));
  const expired = exemptions.filter(({ state }) => state === "expired");
  const suites = [
    ...rules.map((rule) => ruleSuite(rule, byRule.get(rule.id) ?? [], judgedBy.rules[rule.id]?.level, today)),
    ...strange.map((id) => suite(id, findingCases(id, byRule.get(id) ?? [], today))),
    ...(expired.length > 0 ? [suite("exemptions", expired.map(expiredCase))] : []),
  ];
  const cases = suites.flatMap((one) => one.cases);
  return document(
    element(
      "testsuites",
      { name: `pressurevalve policy review ${environment}`, ...counts(cases) },
      suites.map(spellSuite),
    ),
  );
}

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** Passed where there is none. */
  readonly result?: { readonly kind: "failure" | "skipped"; readonly message: string };
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

function suite(name: string, cases: readonly Case[]): Suite {
  return { name, cases };
}

function ruleSuite(
  { id, title }: Rule,
  findings: readonly ReviewedFinding[],
  level: Level | undefined,
  today: string,
): Suite {
  if (findings.length > 0) return suite(id, findingCases(id, findings, today));
  const passed = { name: title, classname: id };
  if (level !== "disabled") return suite(id, [passed]);
  return suite(id, [{ ...passed, result: { kind: "skipped", message: "the rule is disabled" } }]);
}

/** One case an object: readers take no two of one name, and a case has one result. */
function findingCases(rule: string, findings: readonly ReviewedFinding[], today: string): Case[] {
  const byObject = Map.groupBy(findings, ({ object }) => spellObject(object) || "the rule itself");
  return [...byObject].map(([name, members]) => {
    const [{ outcome, place }] = members as [ReviewedFinding];
    return {
      name,
      classname: rule,
      file: place?.file,
      line: place?.line,
      result: { kind: kinds[outcome], message: members.map((member) => sentence(member, today)).join("\n") },
    };
  });
}

const kinds = { fails: "failure", advice: "skipped", exempted: "skipped" } as const satisfies Record<
  Outcome,
  string
>;

function sentence(finding: ReviewedFinding, today: string): string {
  const { outcome, message, exemption } = finding;
  const before = spellBefore(finding);
  const words = before === "" ? message : `${message} (${before})`;
  if (exemption) return `exempted, ${spellExemption(exemption, today)}: ${words}`;
  return outcome === "advice" ? `advice: ${words}` : words;
}

function expiredCase(exemption: ReviewedExemption): Case {
  const { rule, object, place } = exemption;
  return {
    name: `${rule}: ${spellObject(object)}`,
    classname: "exemptions",
    file: place?.file,
    line: place?.line,
    result: { kind: "failure", message: describeExpired(exemption) },
  };
}

function counts(cases: readonly Case[]) {
  const count = (kind: "failure" | "skipped") => cases.filter(({ result }) => result?.kind === kind).length;
  return { tests: cases.length, failures: count("failure"), errors: 0, skipped: count("skipped"), time: 0 };
}

function spellSuite({ name, cases }: Suite): string {
  return element("testsuite", { name, ...counts(cases) }, cases.map(spellCase));
}

function spellCase({ result, ...attributes }: Case): string {
  return element("testcase", { ...attributes, time: 0 }, result ? [spellResult(result, attributes)] : []);
}

function spellResult(
  { kind, message }: NonNullable<Case["result"]>,
  { file, line }: Pick<Case, "file" | "line">,
): string {
  if (kind === "skipped") return element("skipped", { message });
  const where = file !== undefined && line !== undefined ? `\n${spellPlace({ file, line })}` : "";
  return element("failure", { message, type: "policy" }, `${message}${where}`);
}
