import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  asHtml,
  asJson,
  asJUnit,
  asMarkdown,
  asSarif,
  asText,
  type Review,
} from "../../../../../stacks/delivery/policies/review/index.ts";
import { elements, htmlElements, markdownTables, parseXml, sarifProblems } from "./readers.ts";
import { against, againstOldKit, alone, clean, reviewAgainst } from "./small-shop.ts";

const update = process.env.UPDATE_GOLDEN === "1";

const plain = (review: Review) => asText(review, { colour: false });
const sarif = (review: Review) => asSarif(review, { version: "1.2.3", prefix: "" });

test.each([
  ["alone.txt", () => plain(alone)],
  ["against.txt", () => plain(against)],
  ["comment.md", () => asMarkdown(against)],
  ["review.sarif", () => sarif(against)],
  ["junit.xml", () => asJUnit(against)],
  ["document.json", () => asJson(against)],
  ["page.html", () => asHtml(against)],
])("a review is spelled as %s says", (name, spell) => {
  const file = join(import.meta.dirname, "golden", name);
  if (update) writeFileSync(file, spell());
  expect(spell()).toBe(readFileSync(file, "utf8"));
});

describe("a person", () => {
  test("reads one sentence where there is nothing to mend", () => {
    expect(plain(clean)).toBe("production: nothing to mend (4 rules over 1 object)\n");
    expect(asMarkdown(clean)).toBe("### production: nothing to mend (4 rules over 1 object)\n");
  });

  test("is told where the other side does not say by what it judges", () => {
    expect(plain(againstOldKit)).toContain(
      "\nthe kit of main (1234567890) does not say by which levels, parameters and exemptions it judges: today's stand in for them, and what changed of them is not known\n",
    );
  });

  test("is told that the environment is new", () => {
    expect(plain(reviewAgainst({ lacks: "environment" }))).toContain(
      "\nproduction is new since main (1234567890), and so is all that is found\n",
    );
  });

  test("gets colours that add nothing but themselves", () => {
    const coloured = asText(against, { colour: true });
    expect(coloured).toContain("\u001b[31m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of.
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(plain(against));
  });

  test("gets a comment that GitHub takes, in whole rows, however much is wrong", () => {
    const [finding] = against.findings;
    const findings = Array.from({ length: 2000 }, () => ({ ...finding, outcome: "fails" as const }));
    const comment = asMarkdown({ ...alone, findings, exemptions: [] } as Review);
    expect(comment.length).toBeLessThanOrEqual(65_536);
    const left = /^(\d+) more do not fit into a comment; run the command\.$/m.exec(comment)?.[1];
    expect((comment.match(/^\| critical .* \|$/gm) ?? []).length + Number(left)).toBe(2000);
  });
});

describe("SARIF", () => {
  const [run] = JSON.parse(sarif(against)).runs;

  test.each([
    ["of a review that finds something", against],
    ["of one that finds nothing", clean],
  ])("%s is what the published schema of 2.1.0 wants", (_, review) => {
    expect(sarifProblems(JSON.parse(sarif(review)))).toEqual([]);
  });

  test("the schema would have refused another thing", () => {
    expect(sarifProblems({ version: "2.1.0", runs: [{ results: [] }] })).toMatchObject([
      { message: "must have required property 'tool'" },
    ]);
  });

  test("every result has what code scanning shows: a rule with its help, a file, a line, a fingerprint", () => {
    for (const { ruleId, ruleIndex, locations, partialFingerprints } of run.results) {
      const rule = run.tool.driver.rules[ruleIndex];
      expect(rule).toMatchObject({ id: ruleId, help: { text: expect.stringMatching(/./) } });
      expect(locations[0].physicalLocation).toEqual({
        artifactLocation: { uri: expect.stringMatching(/^(services|stacks)\/\w+\.ts$/) },
        region: { startLine: expect.any(Number) },
      });
      expect(partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(run.results).toHaveLength(5);
  });

  test("fingerprints are the same when lines move, numbers change, a job is named anew, and no two are the same", () => {
    const moved = sarif({
      ...against,
      findings: against.findings.map((finding) => ({
        ...finding,
        place: { file: "services/elsewhere.ts", line: 99 },
        message: `${finding.message}, 70 of them`,
        ...(finding.object && {
          object: { ...finding.object, name: finding.object.name.replace("99aabbccdd", "77ec77ec77") },
        }),
      })),
    });
    const fingerprints = (log: string): string[] =>
      JSON.parse(log).runs[0].results.map(
        ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) =>
          partialFingerprints.primaryLocationLineHash,
      );
    expect(fingerprints(moved)).toEqual(fingerprints(sarif(against)));
    expect(new Set(fingerprints(moved)).size).toBe(5);
  });

  test("what somebody answers for is no open alert", () => {
    expect(JSON.stringify(run.results)).not.toContain("order-worker");
  });

  test("only rules that are mandatory weigh on whether a pull request may be merged", () => {
    const scores = run.tool.driver.rules.map((rule: { id: string; properties: Record<string, unknown> }) => [
      rule.id,
      rule.properties["security-severity"],
    ]);
    expect(Object.fromEntries(scores)).toEqual({
      pinned: "9.5",
      bounded: "5.5",
      kept: "8.0",
      labelled: undefined,
      tidy: undefined,
      "exemption-expired": undefined,
    });
  });

  test("files are named from the root of the repository, as addresses are", () => {
    const [place] = against.findings;
    const odd = {
      ...against,
      findings: [{ ...place, place: { file: "services/a b#c.ts", line: 1 } }],
    } as Review;
    const [first] = JSON.parse(asSarif(odd, { version: "1.2.3", prefix: "shops/mountain" })).runs[0].results;
    expect(first.locations[0].physicalLocation.artifactLocation.uri).toBe(
      "shops/mountain/services/a%20b%23c.ts",
    );
  });

  test("what belongs to no service leads to the shop", () => {
    const { place: _, ...homeless } = against.findings[0] as (typeof against.findings)[0];
    const [first] = JSON.parse(sarif({ ...against, findings: [homeless] })).runs[0].results;
    expect(first.locations[0].physicalLocation.artifactLocation.uri).toBe("stacks/shop.ts");
  });
});

describe("JUnit", () => {
  const root = parseXml(asJUnit(against));

  test("counts what there is, as a whole and by rule", () => {
    for (const holder of [root, ...elements(root, "testsuite")]) {
      const { tests, failures, skipped } = holder.attributes;
      expect([tests, failures, skipped].map(Number)).toEqual(
        ["testcase", "failure", "skipped"].map((name) => elements(holder, name).length),
      );
    }
  });

  test("a rule that nothing breaks passes, and one that is disabled is skipped", () => {
    const [kept, tidy] = ["kept", "tidy"].map((rule) =>
      elements(root, "testcase").find(({ attributes }) => attributes.classname === rule),
    );
    expect(kept?.children).toEqual([]);
    expect(tidy?.children).toMatchObject([
      { name: "skipped", attributes: { message: "the rule is disabled" } },
    ]);
  });

  test("no two cases have one name", () => {
    const names = elements(root, "testcase").map(
      ({ attributes: { classname, name } }) => `${classname} ${name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the page", () => {
  const page = htmlElements(asHtml(against));

  test("loads nothing and runs nothing", () => {
    expect(
      page.filter(({ name }) => ["script", "link", "img", "iframe", "object", "base"].includes(name)),
    ).toEqual([]);
    expect(asHtml(against)).not.toMatch(/@import|url\(|\son\w+=/);
    expect(asHtml(against)).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test("every choice hides what it counts", () => {
    const style = page.find(({ name }) => name === "style")?.text ?? "";
    const attribute = (element: (typeof page)[0], wanted: string) =>
      element.attributes.find(([name]) => name === wanted)?.[1] ?? "";
    const cards = page
      .filter(({ name }) => name === "article")
      .map((card) => attribute(card, "class").split(" "));
    const choices = page.filter(({ name }) => name === "input").map((input) => attribute(input, "id"));
    const counts = page
      .filter(({ name }) => name === "label")
      .map(({ text }) => Number(text.split(" ").at(-1)));
    expect(choices).toEqual(["severity-0", "severity-1", "severity-2", "owner-0", "owner-1"]);
    for (const [index, id] of choices.entries()) {
      expect(style).toContain(`body:has(#${id}:not(:checked)) .${id}{display:none}`);
      expect(cards.filter((classes) => classes.includes(id))).toHaveLength(counts[index] ?? 0);
    }
  });
});

/** Words that mean something to one of the formats, and any others; no message, name or reason is blank. */
const words = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            "]]>",
            "</style><b>",
            "<!--",
            "-->",
            "&amp;",
            "&#10;",
            '"',
            "'",
            "<",
            "\n",
            "\r\n",
            "\t",
          ),
          fc.constantFrom(
            "|",
            "\\",
            "\\|",
            "`",
            "**",
            "_a_",
            "[a](b)",
            "![a](b)",
            "~~",
            "$a$",
            "<br>",
            "# ",
            "- ",
          ),
          fc.constantFrom(
            "\u0000",
            "\u001b[31m",
            "\u202e",
            "\u2028",
            "\ud800",
            "\uffff",
            "\u00a0",
            "x",
            "é",
            "🧗",
          ),
          fc.constantFrom(
            "https://a.example/_b_?c=d&e",
            "www.a.example/_b_",
            "a_b@a.example",
            "---",
            "{{a}}",
            "%s",
            "@shop",
            "#1",
          ),
        ),
      )
      .map((pieces) => pieces.join("")),
  )
  .filter((text) => text.trim() !== "");

/** Everything that somebody outside the kit may word, worded otherwise. */
function reworded(message: string, name: string, reason: string): Review {
  const object = { kind: `K${name}`, namespace: name, name: `n${name}` };
  const exemption = { rule: "pinned", object, owner: `o${name}`, reason, expires: "2027-01-31" };
  const rule = alone.rules.map((one) => ({
    ...one,
    title: `t${reason}`,
    reason,
    remedy: reason,
    references: [{ title: reason, url: `https://a.example/${name}` }],
  }));
  return {
    ...against,
    environment: `e${name}`,
    rules: rule,
    findings: against.findings.map((finding) => ({
      ...finding,
      object,
      message,
      owner: `o${name}`,
      ...(finding.exemption && { exemption }),
    })),
    exemptions: against.exemptions.map((one) => ({ ...one, ...exemption })),
  };
}

const tame = reworded("m", "n", "r");

function property(holds: (review: Review, message: string, name: string, reason: string) => void): void {
  fc.assert(
    fc.property(words, words, words, (message, name, reason) =>
      holds(reworded(message, name, reason), message, name, reason),
    ),
    { numRuns: 200 },
  );
}

/** What a format cannot hold becomes the sign for that. */
function without(unspeakable: RegExp, text: string): string {
  return text.toWellFormed().replace(unspeakable, "\ufffd");
}

describe("whatever is said survives", () => {
  test("JSON", () =>
    property((review, message) => {
      const { findings } = JSON.parse(asJson(review));
      expect(findings).toEqual(review.findings);
      expect(findings[0].message).toBe(message);
    }));

  test("SARIF", () =>
    property((review, message, name) => {
      const log = JSON.parse(sarif(review));
      const [first] = log.runs[0].results;
      expect(first.message.text).toBe(`K${name} ${name === "" ? "" : `${name}/`}n${name}: ${message}`);
      expect(first.locations[0].logicalLocations[0].name).toBe(`n${name}`);
    }));

  test("JUnit's XML, but for what XML cannot hold", () =>
    property((review, message) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot hold.
      const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
      const root = parseXml(asJUnit(review));
      const [failure] = elements(root, "failure");
      expect(failure?.attributes.message).toContain(without(unspeakable, message));
      expect(failure?.text).toContain(without(unspeakable, message));
    }));

  test("HTML, as text and never as a tag", () => {
    const shape = (review: Review) =>
      htmlElements(asHtml(review)).map(({ name, attributes }) => [name, attributes.map(([key]) => key)]);
    const tameShape = shape(tame);
    property((review, message) => {
      const elements = htmlElements(asHtml(review));
      const unspeakable = /(?![\t\n])[\p{Cc}\p{Noncharacter_Code_Point}]/gu;
      expect(shape(review)).toEqual(tameShape);
      const said = elements.find(({ attributes }) => attributes.some(([, value]) => value === "message"));
      expect(said?.text).toBe(without(unspeakable, message));
    });
  });

  test("Markdown, in one cell of a table", () => {
    const widths = (review: Review) =>
      markdownTables(asMarkdown(review)).map((rows) => rows.map(({ length }) => length));
    const tameWidths = widths(tame);
    property((review, message) => {
      expect(widths(review)).toEqual(tameWidths);
      const shown = markdownTables(asMarkdown(review))[0]?.[1]?.at(-1);
      const unparted = (text = "") => text.replaceAll("\u200b", "");
      expect(unparted(shown)).toBe(unparted(without(/\0/g, message).replace(/\s+/g, " ").trim()));
    });
  });

  test("Markdown, where nobody is called, and no issue, commit or mailbox linked", () => {
    // As GitHub's own filters look for them in the text of a comment.
    const live = /(?<!\w)@[a-z0-9]|[\w.+-]+@[\w-]+\.\w|\w@[0-9a-f]{7,40}\b|(?<!\w)#\d|\w#\d|(?<!\w)gh-\d/i;
    const references = [
      "@shop",
      "@shop/team_a",
      "a_b@a.example",
      "a@b_c.example",
      "#1",
      "shop/order#12",
      "GH-3",
    ];
    const reference = fc.oneof(words, fc.constantFrom(...references, `shop@${"31af".repeat(10)}`));
    const sentence = fc.array(reference, { minLength: 1 }).map((pieces) => pieces.join(" "));
    for (const one of references) expect(one).toMatch(live);
    fc.assert(
      fc.property(sentence, (message) => {
        const said = markdownTables(asMarkdown(reworded(message, message, message))).flat(2);
        expect(said.filter((text) => live.test(text))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("Markdown, where the digest of an image can be copied", () => {
    const image = `images.example/shop@sha256:${"31af".repeat(16)}`;
    expect(asMarkdown(reworded(image, "n", "r"))).toContain(image);
  });

  test("a terminal, in one line, and moves no cursor", () => {
    const height = plain(tame).split("\n").length;
    property((review) => {
      const lines = plain(review).split("\n");
      expect(lines).toHaveLength(height);
      expect(lines.filter((line) => /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(line))).toEqual([]);
    });
  });
});
