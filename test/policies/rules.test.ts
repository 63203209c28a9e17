import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { load, loadAll } from "js-yaml";
import { type KubernetesObject, type Rule, rules } from "../../policies/index.ts";
import { judgeBy, offender } from "../../policies/judge.ts";

const folder = new URL(".", import.meta.url);

function manifest(rule: Rule, name: "pass" | "fail"): string {
  return readFileSync(new URL(`${rule.name}/${name}.yaml`, folder), "utf8");
}

/** What the `# expect:` lines above each document say. */
function expected(rule: Rule) {
  const documents = manifest(rule, "fail").split(/^---$/m);
  return documents.flatMap((text) => {
    const object = offender(load(text) as KubernetesObject);
    return [...text.matchAll(/^# expect: (.*)$/gm)].map(([, message]) => ({
      rule: rule.name,
      object,
      message,
    }));
  });
}

function objects(rule: Rule, name: "pass" | "fail"): KubernetesObject[] {
  return loadAll(manifest(rule, name)) as KubernetesObject[];
}

test("no two rules have one name", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
  test("has a file of its own, a passing and a failing manifest", () => {
    for (const file of [`../../policies/${name}.ts`, `${name}/pass.yaml`, `${name}/fail.yaml`])
      expect([file, existsSync(new URL(file, folder))]).toEqual([file, true]);
  });

  test("costs each object as much in a large shop as in a small one: it looks no further than the namespace", () => {
    expect(JSON.stringify([rule.variables, rule.validations])).not.toMatch(/\bobjects\b/);
  });

  test("lets the passing manifest pass", () => {
    expect(judgeBy([rule], objects(rule, "pass"))).toEqual([]);
  });

  test("refuses the failing manifest in the expected words, and nothing else in it", () => {
    expect(judgeBy([rule], objects(rule, "fail"))).toEqual(expected(rule));
  });

  test("has no validation that the failing manifest does not break", () => {
    for (const validation of rule.validations) {
      const alone = { ...rule, validations: [validation] };
      expect([validation.expression, judgeBy([alone], objects(rule, "fail")).length > 0]).toEqual([
        validation.expression,
        true,
      ]);
    }
  });
});
