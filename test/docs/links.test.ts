import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { decisionsIndex } from "../../docs/reference/decisions.ts";
import { anchorsOf, linksOf, pages, read, root } from "./markdown.ts";

const links = pages.flatMap(linksOf);

test("every link within the repository leads to a file that is there", () => {
  expect(links.length).toBeGreaterThan(20);
  const dead = links.filter(({ path }) => !existsSync(join(root, path)));
  expect(dead.map(({ page, path }) => `${page}: ${path}`)).toEqual([]);
});

test("every link to a heading leads to one that is there", () => {
  const anchored = links.filter(({ path, anchor }) => anchor !== "" && path.endsWith(".md"));
  const dead = anchored.filter(({ path, anchor }) => !anchorsOf(path).has(anchor));
  expect(dead.map(({ page, path, anchor }) => `${page}: ${path}#${anchor}`)).toEqual([]);
});

test("the decisions have a number each, and their list names them all", () => {
  const decisions = pages.filter((page) => /^docs\/decisions\/\d/.test(page));
  const numbers = decisions.map((page) => page.slice("docs/decisions/".length).slice(0, 4));
  expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([]);
  // Else: npm run docs
  expect(read("docs/decisions/README.md")).toBe(decisionsIndex());
});
