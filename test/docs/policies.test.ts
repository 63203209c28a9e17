import { expect, test } from "@jest/globals";
import { policyCatalogue } from "../../docs/reference/policies.ts";
import { rules } from "../../policies/rules/index.ts";
import { anchorsOf, blocksOf, read } from "./markdown.ts";

const page = "docs/policies.md";

test("the committed catalogue is what the rules give", () => {
  // Else: npm run docs
  expect(read(page)).toBe(policyCatalogue());
});

test("every rule has a section, and its manifests stand there whole", () => {
  const shown = blocksOf(page).map(({ text }) => text);
  for (const { id, examples } of rules) {
    expect(anchorsOf(page)).toContain(id);
    for (const stream of [...examples.pass, ...examples.fail])
      expect(shown.filter((text) => text.includes(stream.trim()))).not.toEqual([]);
  }
});

test("no rule's words are taken for HTML", () => {
  const prose = read(page).replaceAll(/^```[\s\S]*?^```$|`[^`\n]*`/gm, "");
  const tags = [...prose.matchAll(/<(\/?\w+)/g)].map(([, tag]) => tag);
  expect(new Set(tags)).toEqual(new Set(["details", "summary", "/summary", "/details"]));
});
