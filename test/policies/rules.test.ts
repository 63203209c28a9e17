import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { load, loadAll } from "js-yaml";
import { type KubernetesObject, type Rule, rules } from "../../policies/index.ts";
import { judgeBy, offender } from "../../policies/judge.ts";

/** What the `# expect:` lines above each document say. */
function expected(rule: Rule, stream: string) {
  return stream.split(/^---$/m).flatMap((text) => {
    const object = offender(load(text) as KubernetesObject);
    return [...text.matchAll(/^# expect: (.*)$/gm)].map(([, message]) => ({
      rule: rule.id,
      object,
      message,
    }));
  });
}

function objects(stream: string): KubernetesObject[] {
  return loadAll(stream) as KubernetesObject[];
}

/** What the examples of rules with parameters are judged by. */
const parameters = { registries: "registry.example/", minReplicas: "2" };

test("no two rules have one id", () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});

test("one rule, one file: it is named by the rule's id", () => {
  const files = readdirSync(new URL("../../policies/", import.meta.url), {
    recursive: true,
    encoding: "utf8",
  });
  const names = files.map((file) => file.split("/").at(-1));
  for (const { id } of rules) expect(names).toContain(`${id}.ts`);
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  test("costs each object as much in a large shop as in a small one: it looks no further than the namespace", () => {
    expect(JSON.stringify([rule.variables, rule.validations])).not.toMatch(/\bobjects\b/);
  });

  test("lets the passing manifests pass", () => {
    for (const stream of rule.examples.pass) expect(judgeBy([rule], objects(stream), parameters)).toEqual([]);
  });

  test("refuses the failing manifests in the expected words, and nothing else in them", () => {
    for (const stream of rule.examples.fail) {
      const violations = expected(rule, stream);
      expect(violations).not.toEqual([]);
      expect(judgeBy([rule], objects(stream), parameters)).toEqual(violations);
    }
  });

  test("has no validation that the failing manifests do not break", () => {
    for (const validation of rule.validations) {
      const alone = { ...rule, validations: [validation] };
      const broken = rule.examples.fail.filter(
        (stream) => judgeBy([alone], objects(stream), parameters).length > 0,
      );
      expect([validation.expression, broken.length > 0]).toEqual([validation.expression, true]);
    }
  });
});
