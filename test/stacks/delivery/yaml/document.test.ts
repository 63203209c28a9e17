import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { CORE_SCHEMA, loadAll, YAML11_SCHEMA } from "js-yaml";
import type { Manifest } from "../../../../constructs/index.ts";
import { documents } from "../../../../stacks/delivery/yaml/document.ts";
import { kubernetesSchema } from "../../../../stacks/delivery/yaml/schema.ts";

function object(data: Record<string, unknown>): Manifest {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data };
}

const written = (value: string) =>
  documents([object({ key: value })])
    .split("key: ")[1]
    ?.trimEnd();

/** What no Kubernetes object holds, because JSON's readers in Go make something else of it. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const signs = fc.constantFrom(
  ..."aeExXoObBnNyY0178_.:+-~<=#'\"\\ \t\n\r|>&*!%@`{}[],?$/é😀\u0085\u2028\ufeff\0",
);
const text = fc
  .oneof(
    fc.string({ unit: signs, maxLength: 12 }),
    fc.string({ unit: "binary" }),
    fc.constantFrom("on", "NULL", "2026-12-01", "2026-12-01 10:00:00", "-.INF", "a\n\n  b\n", "a \nb"),
  )
  .filter((value) => !loneSurrogate.test(value) && !/__proto__/.test(value));

const { data } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("data"),
  ),
  data: fc.dictionary(text, tie("value"), { maxKeys: 4 }),
}));

test.each([
  ["1.1", YAML11_SCHEMA],
  ["1.2", CORE_SCHEMA],
  ["as kubectl reads it", kubernetesSchema],
])("a reader of YAML %s reads what was written", (_, schema) => {
  fc.assert(
    fc.property(fc.array(data as fc.Arbitrary<Record<string, unknown>>, { maxLength: 3 }), (all) => {
      const manifests = all.map(object);
      expect(loadAll(documents(manifests), { schema })).toEqual(manifests);
    }),
    { numRuns: 500 },
  );
});

// Tried with kubectl 1.36: unquoted, it reads each of them as a number or a boolean.
test.each([
  ...[
    "0o17",
    "0O17",
    "+0o7",
    "0b1",
    "0B1",
    "-0b1",
    "0x_1F",
    "1_000",
    "1_",
    "1__0",
    "1_0.5",
    "1e1_0",
    "12e03",
    "08",
  ],
  ...["y", "N", "on", "No", ".5", "+.5", "5.", "-.inf", "null", "~", "1E5"],
])("kubectl reads %s as the string that it is", (value) => {
  expect(written(value)).toBe(`"${value}"`);
  // And so do we, when we judge what others have written.
  expect(typeof loadAll(value, { schema: kubernetesSchema })[0]).not.toBe("string");
});

test.each([
  "31af8fbb1bb9",
  "0b96e9a1310e",
  "25%",
  "/health/live",
  "a:1@sha256:0",
  "-O",
  "*/15".slice(1),
  "1.2.3",
])("%s needs no quotes", (value) => {
  expect(written(value)).toBe(value);
  expect(loadAll(value, { schema: kubernetesSchema })).toEqual([value]);
});

test("a file of several lines is shown line by line", () => {
  expect(documents([object({ "a.conf": "one\n\n  two\n", last: "one\ntwo" })])).toContain(
    "data:\n  a.conf: |\n    one\n\n      two\n  last: |-\n    one\n    two\n",
  );
});

test("a long string of digits and underscores is judged at once", () => {
  expect(written(`${"1_".repeat(50_000)}x`)).toHaveLength(100_001);
});
