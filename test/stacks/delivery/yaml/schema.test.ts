import { expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { kubernetesSchema } from "../../../../stacks/delivery/yaml/schema.ts";

// What `kubectl label --local --dry-run=client -o json` makes of each, 1.36.
test.each<[string, unknown]>([
  ["0644", 420],
  ["0o644", 420],
  ["-0644", -420],
  ["08", 8],
  ["0x1F", 31],
  ["0B11", 3],
  ["1_000", 1000],
  ["+3", 3],
  ["1e3", 1000],
  [".5", 0.5],
  ["1.50", 1.5],
  ["yes", true],
  ["Off", false],
  ["y", true],
  ["~", null],
  ["", null],
  ["1:30", "1:30"],
  ["2026-11-21", "2026-11-21"],
  ["1.2.3", "1.2.3"],
  ["100m", "100m"],
  ["50%", "50%"],
  ["0644x", "0644x"],
  ['"0644"', "0644"],
  ["!!str 12", "12"],
  ["!!float 3", 3],
])("%s means to us what it means to kubectl", (word, value) => {
  expect(load(`value: ${word}`, { schema: kubernetesSchema })).toEqual({ value: value });
});

test("a merge key takes over the fields of what it names", () => {
  const text = "base: &base { a: 1, b: 1 }\nvalue: { <<: *base, b: 2 }";
  expect(load(text, { schema: kubernetesSchema })).toMatchObject({ value: { a: 1, b: 2 } });
});
