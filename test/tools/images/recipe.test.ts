import { expect, test } from "@jest/globals";
import { type Recipe, tagOf } from "../../../tools/images/recipe.ts";

const recipe: Recipe = {
  packages: ["libc6"],
  keep: ["^/usr/lib/"],
  programs: [{ path: "/usr/bin/node", source: "/here/node", identity: "node 24" }],
  files: [{ path: "/app/main.mjs", content: "one" }],
  config: { entrypoint: ["/usr/bin/node"] },
};

test("where a program lies on this machine does not change the tag", () => {
  const elsewhere = [{ path: "/usr/bin/node", source: "/there/node", identity: "node 24" }];
  expect(tagOf({ ...recipe, programs: elsewhere })).toBe(tagOf(recipe));
});

test.each<[string, Partial<Recipe>]>([
  ["another package", { packages: ["libc6", "zlib1g"] }],
  ["another choice of its files", { keep: ["^/usr/bin/"] }],
  [
    "another version of a program",
    { programs: [{ path: "/usr/bin/node", source: "/here/node", identity: "node 26" }] },
  ],
  ["another content", { files: [{ path: "/app/main.mjs", content: "two" }] }],
  ["another configuration", { config: { entrypoint: ["/usr/bin/node", "/app/main.mjs"] } }],
])("%s is another tag", (_name, change) => {
  expect(tagOf({ ...recipe, ...change })).not.toBe(tagOf(recipe));
});
