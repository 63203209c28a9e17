import { expect, test } from "@jest/globals";
import { diagnostics } from "../../../tools/pulumi/stack.ts";

test("of a failed run the diagnostics are told", () => {
  const output = [
    "Updating (dev):",
    "Diagnostics:",
    "  order:",
    "    error: no",
    "",
    "Outputs:",
    "  a: b",
  ].join("\n");
  expect(diagnostics(output)).toBe("  order:\n    error: no");
});

test("a run that ends with its diagnostics loses none of them", () => {
  expect(diagnostics("Diagnostics:\n  order:\n    error: no\n\n    error: more")).toBe(
    "  order:\n    error: no\n\n    error: more",
  );
});

test("without diagnostics there is nothing to tell", () => {
  expect(diagnostics("error: no stack named 'dev' found")).toBeUndefined();
});
