import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../../../policies/judgement/verdict.ts";
import { passes, review } from "../../../../../stacks/delivery/policies/review/review.ts";
import { against, againstOldKit, alone, clean, judgedShop, places, reviewAgainst } from "./small-shop.ts";

function found(rule: string, name: string, { findings } = against) {
  return findings.filter((finding) => finding.rule === rule && finding.object?.name.startsWith(name));
}

function because(name: string) {
  return against.against?.gone
    .filter(({ object }) => object?.name === name)
    .map((gone) => [gone.rule, gone.because]);
}

test("the worst stands first: what fails, by severity, then advice, then what is exempted", () => {
  expect(alone.findings.map(({ outcome, severity }) => `${outcome} ${severity}`)).toEqual([
    "fails critical",
    "fails critical",
    "fails medium",
    "advice low",
    "exempted medium",
    "exempted medium",
  ]);
});

test("a finding says whose it is, and the line where that one begins to mend it", () => {
  expect(found("pinned", "payment")).toMatchObject([
    { service: "payment", owner: "billing", place: { file: "services/payment.ts", line: 7 } },
  ]);
});

test("alone, nothing says what was before", () => {
  expect(alone.against).toBeUndefined();
  expect(alone.findings.filter((finding) => "before" in finding)).toEqual([]);
  expect(alone.exemptions.filter((exemption) => "before" in exemption)).toEqual([]);
});

describe("against another side", () => {
  test("a finding that it has not is new", () => {
    expect(found("pinned", "payment")).toMatchObject([{ before: "absent" }]);
  });

  test("a finding that it has is known, also when its object was named after other content", () => {
    expect(found("pinned", "order-migration")).toMatchObject([{ outcome: "fails", before: "advice" }]);
  });

  test("what fails there and is exempted here is newly exempted", () => {
    const { exemptions } = against;
    expect(found("bounded", "order-worker")).toMatchObject([{ outcome: "exempted", before: "fails" }]);
    expect(exemptions[0]).toMatchObject({ state: "in force", before: "absent" });
  });

  test("an exemption that lasts longer than there is told", () => {
    expect(against.exemptions[1]).toMatchObject({
      state: "in force",
      daysLeft: 71,
      before: "other",
      was: { expires: "2026-12-01" },
    });
  });

  test("an exemption that is there and not here is told", () => {
    expect(against.against?.exemptionsGone).toMatchObject([{ rule: "pinned", reason: "it went" }]);
  });

  test("what is mended, what went with its object, and what nobody looks at any more are three things", () => {
    expect(because("order")).toEqual([["pinned", "mended"]]);
    expect(because("order-cache")).toEqual([["pinned", "object removed"]]);
    expect(because("payment")).toEqual([["tidy", "rule disabled"]]);
  });

  test("levels, severities, parameters and rules that changed are told", () => {
    expect(against.against?.settings).toEqual({
      levels: [
        { name: "pinned", before: "advisory", after: "mandatory" },
        { name: "tidy", before: "mandatory", after: "disabled" },
      ],
      severities: [{ name: "kept", before: "low", after: "high" }],
      parameters: [{ name: "least", before: "1", after: undefined }],
      rules: [
        { name: "labelled", kind: "added" },
        { name: "old", kind: "removed" },
        { name: "kept", kind: "changed" },
      ],
    });
  });
});

describe("against a kit that does not say by what it judges", () => {
  test("findings are compared by today's settings", () => {
    expect(found("pinned", "order-migration", againstOldKit)).toMatchObject([{ before: "fails" }]);
    expect(found("pinned", "payment", againstOldKit)).toMatchObject([{ before: "absent" }]);
  });

  test("nothing is said of settings and exemptions before", () => {
    expect(againstOldKit.against).not.toHaveProperty("settings");
    expect(againstOldKit.exemptions.filter((exemption) => "before" in exemption)).toEqual([]);
  });
});

test("against a side without the environment all is new, exemptions too", () => {
  const { findings, exemptions, against: other } = reviewAgainst({ lacks: "environment" });
  expect(new Set(findings.map(({ before }) => before))).toEqual(new Set(["absent"]));
  expect(new Set(exemptions.map(({ before }) => before))).toEqual(new Set(["absent"]));
  expect(other).toMatchObject({ isNew: true, gone: [] });
});

test("an exemption is in force, expired or unused", () => {
  expect(alone.exemptions.map(({ state }) => state)).toEqual(["in force", "in force", "expired", "unused"]);
});

test("advice and exemptions stop nothing; a failure does, and an exemption that has expired does", () => {
  const of = (outcome: string) => alone.findings.filter((finding) => finding.outcome === outcome);
  const standing = alone.exemptions.filter(({ state }) => state !== "expired");
  expect(passes(clean)).toBe(true);
  expect(passes({ findings: [...of("advice"), ...of("exempted")], exemptions: standing })).toBe(true);
  expect(passes({ findings: of("fails"), exemptions: [] })).toBe(false);
  expect(passes({ findings: [], exemptions: alone.exemptions })).toBe(false);
});

describe("a finding whose words changed", () => {
  const finding = (message: string, more: Partial<Finding> = {}): Finding => ({
    rule: "pinned",
    object: { kind: "Deployment", namespace: "order", name: "order" },
    message,
    severity: "critical",
    level: "mandatory",
    ...more,
  });
  const verdict = (findings: readonly Finding[]) => ({ findings, expired: [], unused: [] });
  const sides = (before: readonly Finding[], now: readonly Finding[]) => {
    const side = { services: judgedShop.services, verdict: verdict(before), name: "main", isNew: false };
    const found = review({ ...judgedShop, verdict: verdict(now) }, places, side);
    return {
      findings: found.findings.map(({ message, before }) => [message, before]),
      gone: found.against?.gone.map(({ message, because }) => [message, because]),
    };
  };

  test("is not mended, and not new: what went from 60 to 70 goes on being wrong", () => {
    expect(sides([finding("it asks for 60")], [finding("it asks for 70")])).toEqual({
      findings: [["it asks for 70", "fails"]],
      gone: [],
    });
  });

  test("is the one of the same words first, and so one that is mended is told, and one that is new", () => {
    expect(sides([finding("a"), finding("b")], [finding("b")])).toEqual({
      findings: [["b", "fails"]],
      gone: [["a", "mended"]],
    });
    expect(sides([finding("b")], [finding("a"), finding("b")])).toEqual({
      findings: [
        ["a", "absent"],
        ["b", "fails"],
      ],
      gone: [],
    });
  });

  test("is of one rule and one object", () => {
    const elsewhere = { object: { kind: "Deployment", namespace: "order", name: "order-worker" } };
    for (const other of [elsewhere, { rule: "bounded" }])
      expect(sides([finding("60", other)], [finding("70")])).toEqual({
        findings: [["70", "absent"]],
        gone: [["60", "mended"]],
      });
  });

  test("is the same for every version of an image", () => {
    const of = (digest: string, then = "") => finding(`image is shop@sha256:${digest.repeat(16)}${then}`);
    const [first, second] = [of("31af"), of("31af", " too")];
    expect(sides([first, second], [of("77ec", " too")]).gone).toEqual([[first.message, "mended"]]);
  });
});
