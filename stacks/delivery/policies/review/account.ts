import { spellObject } from "../../../../policies/judgement/judge.ts";
import type { Exemption } from "../../../../policies/judgement/verdict.ts";
import { plural, some } from "../../diff/index.ts";
import {
  daysLeft,
  type GoneFinding,
  type Outcome,
  type Place,
  type Review,
  type ReviewedExemption,
  type ReviewedFinding,
} from "./review.ts";
import type { Change, SettingChanges } from "./settings.ts";

/** One thing to know: a row of short cells, and the sentence that they are about. */
export interface Row {
  readonly cells: readonly string[];
  readonly sentence: string;
}

/** What belongs together under one heading. */
export interface Section {
  readonly heading: string;
  /** How soon somebody should look at it. */
  readonly tone: "wrong" | "advice" | "quiet" | "good";
  readonly columns: readonly string[];
  /** What the sentences of the rows say. */
  readonly sentence: string;
  readonly rows: readonly Row[];
  /** What the rows are about, row by row, where it is findings of now. */
  readonly findings?: readonly ReviewedFinding[];
}

/** A review in the order in which it is told to a person; no section is empty. */
export function account(review: Review): readonly Section[] {
  const { against } = review;
  const { true: newly = [], false: long = [] } = Object.groupBy(of(review.findings, "exempted"), (finding) =>
    spellBefore(finding) === "" ? "false" : "true",
  );
  return [
    findings(review, "fails", { heading: "fails", tone: "wrong" }),
    exemptionSection(review, "expired", { heading: "exemptions that have expired", tone: "wrong" }),
    exempted(review, newly, { heading: "newly exempted", tone: "advice" }),
    findings(review, "advice", { heading: "advice", tone: "advice" }),
    changes(review),
    exemptionSection(review, "unused", { heading: "exemptions that nothing needs", tone: "advice" }),
    exempted(review, long, { heading: "exempted", tone: "quiet" }),
    gone(against?.gone ?? []),
  ].filter(({ rows }) => rows.length > 0);
}

/** `production against main (1234567890)` */
export function title({ environment, against }: Review): string {
  return against === undefined ? environment : `${environment} against ${against.name}`;
}

/** `2 failures, 1 of them new; 3 pieces of advice; 1 mended` */
export function summary({ findings, exemptions, against, judgedBy, objects }: Review): string {
  const parts = [
    counted(of(findings, "fails"), "failure"),
    expiredWords(exemptions),
    counted(of(findings, "advice"), "advice"),
    counted(of(findings, "exempted"), "exempted"),
    against && against.gone.length > 0 ? `${against.gone.length} gone` : "",
  ].filter((words) => words !== "");
  const looked = `${plural(enabled(judgedBy), "rule")} over ${plural(objects, "object")}`;
  return `${parts.join("; ") || "nothing to mend"} (${looked})`;
}

/** What a reader must know to take the rest for what it is. */
export function notes({ against, environment, findings }: Review): string[] {
  if (against === undefined) return [];
  if (against.isNew) return [`${environment} is new since ${against.name}, and so is all that is found`];
  const unknown =
    against.settings === undefined
      ? [
          `the kit of ${against.name} does not say by which levels, parameters and exemptions it judges: today's stand in for them, and what changed of them is not known`,
        ]
      : [];
  const compares = findings.length > 0 || against.gone.length > 0;
  const byToday = `the objects of ${against.name} are judged by the rules of today`;
  return [...(compares ? [byToday] : []), ...unknown];
}

/** `services/order.ts:7` */
export function spellPlace(place: Place | undefined): string {
  return place === undefined ? "" : `${place.file}:${place.line}`;
}

/** What it was before, where that is another thing than it is now. */
export function spellBefore({ outcome, before }: Pick<ReviewedFinding, "outcome" | "before">): string {
  if (before === undefined || before === outcome) return "";
  return outcome === "exempted" && before === "fails" ? "newly exempted" : befores[before];
}

const befores: Record<Outcome | "absent", string> = {
  absent: "new",
  fails: "failed before",
  advice: "was advice",
  exempted: "was exempted",
};

/** `checkout until 2027-01-31 (71 days left): Black Friday` */
export function spellExemption(exemption: Exemption, today: string): string {
  return `${exemption.owner} until ${spellUntil(exemption, today)}: ${exemption.reason}`;
}

/** `2027-01-31 (71 days left)` */
function spellUntil(exemption: Exemption, today: string): string {
  const left = daysLeft(exemption, today);
  return `${exemption.expires} (${left < 0 ? `${plural(-left, "day")} ago` : `${plural(left, "day")} left`})`;
}

function of(findings: readonly ReviewedFinding[], outcome: Outcome): readonly ReviewedFinding[] {
  return findings.filter((finding) => finding.outcome === outcome);
}

const plurals: Record<string, string> = { failure: "failures", advice: "advice", exempted: "exempted" };

function counted(findings: readonly ReviewedFinding[], noun: string): string {
  if (findings.length === 0) return "";
  const fresh = findings.filter((finding) => spellBefore(finding) !== "").length;
  const words = `${findings.length} ${findings.length === 1 ? noun : plurals[noun]}`;
  return fresh === 0 ? words : `${words}, ${fresh} new`;
}

function expiredWords(exemptions: readonly ReviewedExemption[]): string {
  const count = exemptions.filter(({ state }) => state === "expired").length;
  return count === 0 ? "" : `${plural(count, "expired exemption")}`;
}

function enabled({ rules }: Review["judgedBy"]): number {
  return Object.values(rules).filter(({ level }) => level !== "disabled").length;
}

function findings(review: Review, outcome: Outcome, head: Pick<Section, "heading" | "tone">): Section {
  const found = of(review.findings, outcome);
  return {
    ...head,
    columns: ["severity", "rule", "object", "owner", "since", "from"],
    sentence: "what is wrong",
    rows: found.map((finding) => ({
      cells: [
        finding.severity,
        finding.rule,
        spellObject(finding.object),
        finding.owner ?? "",
        spellBefore(finding),
        spellPlace(finding.place),
      ],
      sentence: finding.message,
    })),
    findings: found,
  };
}

function exempted(
  { today }: Review,
  found: readonly ReviewedFinding[],
  head: Pick<Section, "heading" | "tone">,
): Section {
  return {
    ...head,
    columns: ["severity", "rule", "object", "owner", "until", "since"],
    sentence: "what is wrong, and why it may be",
    rows: found.map((finding) => ({
      cells: [
        finding.severity,
        finding.rule,
        spellObject(finding.object),
        finding.exemption?.owner ?? "",
        finding.exemption ? spellUntil(finding.exemption, today) : "",
        finding.before === undefined || finding.before === "exempted" ? "" : befores[finding.before],
      ],
      sentence: `${finding.message} (${finding.exemption?.reason})`,
    })),
    findings: found,
  };
}

function exemptionSection(
  { exemptions, today }: Review,
  state: ReviewedExemption["state"],
  head: Pick<Section, "heading" | "tone">,
): Section {
  return {
    ...head,
    columns: ["rule", "object", "owner", "until", "since", "from"],
    sentence: "why it was made",
    rows: exemptions
      .filter((exemption) => exemption.state === state)
      .map((exemption) => ({
        cells: [
          exemption.rule,
          spellObject(exemption.object),
          exemption.owner,
          spellUntil(exemption, today),
          exemption.before === "absent" ? "new" : "",
          spellPlace(exemption.place),
        ],
        sentence: exemption.reason,
      })),
  };
}

function gone(findings: readonly GoneFinding[]): Section {
  return {
    heading: "gone",
    tone: "good",
    columns: ["severity", "rule", "object", "because"],
    sentence: "what was wrong",
    rows: findings.map(({ severity, rule, object, because, message }) => ({
      cells: [severity, rule, spellObject(object), because],
      sentence: message,
    })),
  };
}

function changes({ exemptions, against, today }: Review): Section {
  const rows = [
    ...exemptions.flatMap((exemption) => exemptionChange(exemption, today)),
    ...(against?.exemptionsGone ?? []).map((exemption) => ({
      cells: ["exemption", "removed", exemption.rule],
      sentence: spellObject(exemption.object),
    })),
    ...settingRows(against?.settings),
  ];
  return {
    heading: "changed in how it is judged",
    tone: "advice",
    columns: ["what", "how", "which"],
    sentence: "where",
    rows,
  };
}

function exemptionChange(exemption: ReviewedExemption, today: string): Row[] {
  if (exemption.before === undefined || exemption.before === "the same") return [];
  const how = exemption.was ? differences(exemption.was, exemption) : "added";
  const sentence = `${spellObject(exemption.object)}, ${spellExemption(exemption, today)}`;
  return [{ cells: ["exemption", how, exemption.rule], sentence }];
}

/** `2026-12-31 → 2027-01-31, another reason` */
function differences(was: Exemption, is: Exemption): string {
  return [
    was.expires === is.expires ? "" : `${was.expires} → ${is.expires}`,
    was.owner === is.owner ? "" : `${was.owner} → ${is.owner}`,
    was.reason === is.reason ? "" : "another reason",
  ]
    .filter((words) => words !== "")
    .join(", ");
}

function settingRows(settings: SettingChanges | undefined): Row[] {
  if (settings === undefined) return [];
  const { levels, severities, parameters, rules } = settings;
  return [
    ...grouped("level", levels),
    ...grouped("severity", severities),
    ...parameters.map(({ name, before = "not set", after = "not set" }) => ({
      cells: ["parameter", `${before} → ${after}`, name],
      sentence: "",
    })),
    ...[...Map.groupBy(rules, ({ kind }) => kind)].map(([kind, members]) => ({
      cells: ["rule", kindWords[kind], namesOf(members)],
      sentence: "",
    })),
  ];
}

const kindWords = { added: "added", removed: "removed", changed: "finds something else" };

function grouped(what: string, all: readonly Change<string>[]): Row[] {
  const groups = Map.groupBy(all, ({ before, after }) => `${before} → ${after}`);
  return [...groups].map(([how, members]) => ({ cells: [what, how, namesOf(members)], sentence: "" }));
}

function namesOf(members: readonly { readonly name: string }[]): string {
  return some(members.map(({ name }) => name));
}
