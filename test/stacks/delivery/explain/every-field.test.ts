import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Explanation, Source } from "../../../../stacks/delivery/explain/index.ts";
import { environments } from "../../../../stacks/environments.ts";
import { explainedFields } from "./explained-fields.ts";

const mountainPass = join(import.meta.dirname, "../../../../stacks/shop.ts");

const shops = [
  ...Object.keys(environments).map((environment) => ({ environment, shop: mountainPass, fields: 1000 })),
  // Patches, which MountainPass has none of.
  { environment: "test", shop: join(import.meta.dirname, "shop/shop.ts"), fields: 400 },
];

describe.each(shops)("in $environment", ({ environment, shop, fields: atLeast }) => {
  let fields: Explanation[];

  beforeAll(async () => {
    fields = await explainedFields(shop, environment);
  }, 300_000);

  test("every field of every object comes from somewhere", () => {
    expect(fields.length).toBeGreaterThan(atLeast);
    expect(fields.filter(({ sources }) => sources.length === 0).map(nameOf)).toEqual([]);
  });

  test("every source is a line that stands in its file", () => {
    const sources = fields.flatMap(({ sources, because }) => [...sources, ...because]);
    expect(sources.filter((source) => !stands(source)).map(asText)).toEqual([]);
  });

  test("every default and every line of the kit has a reason", () => {
    const sources = fields.flatMap(({ sources, because }) => [...sources, ...because]);
    const unexplained = sources.filter(({ kind, reason }) => kits.has(kind) && !reason);
    expect([...new Set(unexplained.map(({ at }) => `${at?.file}:${at?.line}`))]).toEqual([]);
  });

  test("one of the lines that a field comes from names it or its value", () => {
    expect(
      fields.filter((field) => !field.sources.some((source) => speaksOf(field, source))).map(nameOf),
    ).toEqual([]);
  });
});

const kits: ReadonlySet<Source["kind"]> = new Set(["default", "constant", "kit"]);

function nameOf({ object, path }: Explanation): string {
  return `${object.kind} ${object.name} ${path}`;
}

const asText = (source: Source) => JSON.stringify(source);

function stands({ at }: Source): boolean {
  return at !== undefined && linesOf(at.file)[at.line - 1]?.trim() === at.text && at.text !== "";
}

const files = new Map<string, string[]>();

function linesOf(file: string): string[] {
  const known = files.get(file) ?? readFileSync(file, "utf8").split("\n");
  files.set(file, known);
  return known;
}

/** The key, or the value as JSON or within a template, or the input that decides on it. */
function speaksOf({ path, value }: Explanation, { at, field }: Source): boolean {
  const key = /\["([^"]+)"\]$/.exec(path)?.[1] ?? /([\w-]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? path;
  const input = /([\w-]+)(?:\[[^\]]*\])?(?: of .*)?$/.exec(field ?? "")?.[1];
  const words = [key, JSON.stringify(value), input].filter((word) => word !== undefined);
  return words.some((word) => at?.text.includes(word));
}
