import type { Manifest } from "../../../../constructs/index.ts";
import type { Offender } from "../../../../policies/judgement/judge.ts";
import type { Exemption, Finding, Verdict } from "../../../../policies/judgement/verdict.ts";
import { type Rule, severities } from "../../../../policies/rule.ts";
import { stem } from "../../diff/index.ts";
import type { JudgedBy } from "../judged-by.ts";
import { type SettingChanges, settingChanges } from "./settings.ts";

/** What follows from a finding. */
export type Outcome = "fails" | "advice" | "exempted";

/** The line of the shop's sources where one begins to mend something; the file is relative to the shop. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A finding with whoever can mend it, and where. */
export interface ReviewedFinding extends Finding {
  readonly outcome: Outcome;
  /** What it was on the other side; `absent` where it is new. Omitted: nothing is compared. */
  readonly before?: Outcome | "absent";
  /** The service that has the object. */
  readonly service?: string;
  /** The team that answers for the service. */
  readonly owner?: string;
  readonly place?: Place;
}

/** A finding of the other side that is no more. */
export interface GoneFinding extends Finding {
  readonly service?: string;
  /** The object meets the rule, or is not there any more, or nobody looks any more. */
  readonly because: "mended" | "object removed" | "rule disabled";
}

/** An exemption, and whether it does anything. */
export interface ReviewedExemption extends Exemption {
  /** `unused`: the object is not there, or breaks nothing. */
  readonly state: "in force" | "expired" | "unused";
  /** How many days it still counts after today; negative once it has expired. */
  readonly daysLeft: number;
  /** Whether the other side has it. Omitted: that is not known. */
  readonly before?: "absent" | "other" | "the same";
  /** What it was there, where it was other. */
  readonly was?: Exemption;
  readonly place?: Place;
}

/** What the policies say of an environment, and what changed of that. */
export interface Review {
  readonly environment: string;
  /** The day of the judgement. */
  readonly today: string;
  /** What was looked at. */
  readonly objects: number;
  readonly rules: readonly Rule[];
  /** By what it was judged. */
  readonly judgedBy: JudgedBy;
  /** The worst first. */
  readonly findings: readonly ReviewedFinding[];
  readonly exemptions: readonly ReviewedExemption[];
  /** Omitted: nothing is compared. */
  readonly against?: Against;
}

/** What is compared with, and what is no more or other than there. */
interface Against {
  /** Such as `main (1234567890)`. */
  readonly name: string;
  /** Whether it has no such environment, so that everything is new. */
  readonly isNew: boolean;
  readonly gone: readonly GoneFinding[];
  readonly exemptionsGone: readonly Exemption[];
  /** Omitted: it does not say by what it was judged, so that it was judged as today. */
  readonly settings?: SettingChanges;
}

/** A service's objects. */
export interface ReviewedService {
  readonly name: string;
  readonly owner?: string;
  readonly manifests: readonly Manifest[];
}

interface Side {
  readonly services: readonly ReviewedService[];
  readonly verdict: Verdict;
}

/** An environment as it is. */
export interface Judged extends Side {
  readonly environment: string;
  readonly today: string;
  readonly rules: readonly Rule[];
  readonly judgedBy: JudgedBy;
}

/** The environment elsewhere, judged by today's rules. */
export interface Compared extends Side {
  readonly name: string;
  readonly isNew: boolean;
  readonly judgedBy?: JudgedBy;
}

/** Where one begins to mend a service's objects, or an exemption of the environment. */
export interface Places {
  readonly ofService: (name: string) => Place | undefined;
  readonly ofExemption: (index: number) => Place | undefined;
}

/** Tells what the verdict means, and what is other than on the other side, if there is one. */
export function review(judged: Judged, places: Places, compared?: Compared): Review {
  const { environment, today, services, rules, judgedBy } = judged;
  return {
    environment,
    today,
    objects: services.reduce((sum, { manifests }) => sum + manifests.length, 0),
    rules,
    judgedBy,
    findings: reviewedFindings(judged, places, compared),
    exemptions: judgedBy.exemptions.map((exemption, index) =>
      reviewedExemption(exemption, judged, places.ofExemption(index), compared),
    ),
    ...(compared && { against: against(judged, compared) }),
  };
}

/** Nothing that is mandatory fails, and no exemption has expired: synth would write it. */
export function passes({ findings, exemptions }: Pick<Review, "findings" | "exemptions">): boolean {
  return (
    findings.every(({ outcome }) => outcome !== "fails") &&
    exemptions.every(({ state }) => state !== "expired")
  );
}

/** What a finding is about: the same text for the same rule and object, whatever is wrong. */
export function subjectOf({ rule, object }: Pick<Finding, "rule" | "object">): string {
  return JSON.stringify([rule, object && objectIdentity(object)]);
}

/**
 * Each finding with the one that it was on the other side: the one of the same words, or else one of the same subject, of
 * which something else is wrong now. A message holds numbers, and what went from 60 to 70 is not mended.
 */
function paired(now: readonly Finding[], before: readonly Finding[]): Map<Finding, Finding> {
  const pairs = new Map<Finding, Finding>();
  for (const sameness of [identity, subjectOf]) {
    const taken = new Set(pairs.values());
    const left = Map.groupBy(
      before.filter((finding) => !taken.has(finding)),
      sameness,
    );
    for (const finding of now.filter((one) => !pairs.has(one))) {
      const other = left.get(sameness(finding))?.shift();
      if (other) pairs.set(finding, other);
    }
  }
  return pairs;
}

/** The same text for the same finding, whichever version of an image it speaks of. */
function identity(finding: Finding): string {
  const ofAnyVersion = finding.message.replace(/\bsha256:[0-9a-f]{64}\b/g, "sha256:");
  return JSON.stringify([subjectOf(finding), ofAnyVersion]);
}

/** Some objects are named after their content. */
function objectIdentity({ kind, namespace, name }: Offender): string {
  return JSON.stringify([kind, namespace, stem(name) ?? name]);
}

function outcomeOf({ level, exemption }: Finding): Outcome {
  if (exemption) return "exempted";
  return level === "mandatory" ? "fails" : "advice";
}

const outcomes: readonly Outcome[] = ["fails", "advice", "exempted"];

function reviewedFindings(
  { services, verdict }: Side,
  places: Places,
  compared: Compared | undefined,
): ReviewedFinding[] {
  const serviceOf = servicesByObject(services);
  const before = paired(verdict.findings, compared?.verdict.findings ?? []);
  const found = verdict.findings.map((finding): ReviewedFinding => {
    const service = finding.object && serviceOf.get(objectIdentity(finding.object));
    const place = service && places.ofService(service.name);
    const other = before.get(finding);
    return {
      ...finding,
      outcome: outcomeOf(finding),
      ...(compared && { before: other ? outcomeOf(other) : "absent" }),
      ...(service && { service: service.name }),
      ...(service?.owner !== undefined && { owner: service.owner }),
      ...(place && { place }),
    };
  });
  return found.sort(
    (a, b) =>
      outcomes.indexOf(a.outcome) - outcomes.indexOf(b.outcome) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
}

function servicesByObject(services: readonly ReviewedService[]): Map<string, ReviewedService> {
  return new Map(
    services.flatMap((service) =>
      service.manifests.map(({ kind, metadata: { namespace = "", name } }): [string, ReviewedService] => [
        objectIdentity({ kind, namespace, name }),
        service,
      ]),
    ),
  );
}

function reviewedExemption(
  exemption: Exemption,
  { verdict: { expired, unused }, today }: Pick<Judged, "verdict" | "today">,
  place: Place | undefined,
  compared: Compared | undefined,
): ReviewedExemption {
  const state = expired.some((one) => isSame(one, exemption))
    ? "expired"
    : unused.some((one) => isSame(one, exemption))
      ? "unused"
      : "in force";
  const others = compared?.isNew ? [] : compared?.judgedBy?.exemptions;
  return {
    ...exemption,
    state,
    daysLeft: daysLeft(exemption, today),
    ...(others && exemptionBefore(exemption, others)),
    ...(place && { place }),
  };
}

function exemptionBefore(
  exemption: Exemption,
  others: readonly Exemption[],
): Pick<ReviewedExemption, "before" | "was"> {
  if (others.some((one) => isSame(one, exemption))) return { before: "the same" };
  const was = others.find((one) => isOfTheSame(one, exemption));
  return was ? { before: "other", was } : { before: "absent" };
}

/** Days as the calendar counts them: 0 on the last day of an exemption. */
export function daysLeft({ expires }: Pick<Exemption, "expires">, today: string): number {
  return Math.round((Date.parse(expires) - Date.parse(today)) / millisecondsOfADay);
}

const millisecondsOfADay = 24 * 60 * 60 * 1000;

function isOfTheSame(a: Exemption, b: Exemption): boolean {
  return a.rule === b.rule && objectIdentity(a.object) === objectIdentity(b.object);
}

function isSame(a: Exemption, b: Exemption): boolean {
  return isOfTheSame(a, b) && a.owner === b.owner && a.reason === b.reason && a.expires === b.expires;
}

function against(judged: Judged, compared: Compared): Against {
  const { name, isNew, judgedBy } = compared;
  const kept = judged.judgedBy.exemptions;
  return {
    name,
    isNew,
    gone: goneFindings(judged, compared),
    exemptionsGone: judgedBy?.exemptions.filter((old) => !kept.some((one) => isOfTheSame(one, old))) ?? [],
    ...(judgedBy && { settings: settingChanges(judgedBy, judged.judgedBy) }),
  };
}

function goneFindings(judged: Judged, compared: Compared): GoneFinding[] {
  const still = new Set(paired(judged.verdict.findings, compared.verdict.findings).values());
  const objects = servicesByObject(judged.services);
  const serviceOf = servicesByObject(compared.services);
  return compared.verdict.findings
    .filter((finding) => !still.has(finding))
    .map((finding) => {
      const key = finding.object && objectIdentity(finding.object);
      const service = key && serviceOf.get(key);
      return {
        ...finding,
        ...(service && { service: service.name }),
        because: reason(finding, key !== undefined && objects.has(key), judged.judgedBy),
      };
    });
}

function reason({ rule }: Finding, isThere: boolean, { rules }: JudgedBy): GoneFinding["because"] {
  if (rules[rule]?.level === "disabled") return "rule disabled";
  return isThere ? "mended" : "object removed";
}
