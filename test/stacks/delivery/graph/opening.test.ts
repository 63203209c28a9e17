import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { pathsOverlap } from "../../../../constructs/model/requests.ts";
import { requestCovers, requestsMeet } from "../../../../stacks/delivery/graph/opening.ts";

/** Paths of up to three plain segments or `{*}`, some of which take in all beneath. */
const patterns = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "{*}"), { maxLength: 3 }), fc.boolean())
  .map(([segments, isOpen]) => `/${[...segments, ...(isOpen ? ["*"] : [])].join("/")}`);

/** Every path of one to four segments; `c` is none that a pattern names. */
const paths = [1, 2, 3, 4].flatMap((length) =>
  Array.from({ length }).reduce<string[]>(
    (so) => so.flatMap((path) => ["", "a", "b", "c"].map((segment) => `${path}/${segment}`)),
    [""],
  ),
);

/** As AuthorizationPolicy reads a pattern. */
function takes(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${pattern.replace(/\{\*\}/g, "[^/]+").replace(/\/\*$/, "/.*")}$`);
  return (path) => expression.test(path);
}

test("two requests meet where some path is of both", () => {
  fc.assert(
    fc.property(patterns, patterns, (one, other) => {
      const [first, second] = [takes(one), takes(other)];
      const meet = paths.some((path) => first(path) && second(path));
      expect(pathsOverlap(one, other)).toBe(meet);
      expect(requestsMeet(`GET ${one}`, `GET ${other}`)).toBe(meet);
      expect(requestsMeet(`GET ${one}`, `* ${other}`)).toBe(meet);
      expect(requestsMeet(`GET ${one}`, `POST ${other}`)).toBe(false);
    }),
  );
});

test("what one request covers, it takes whole", () => {
  fc.assert(
    fc.property(patterns, patterns, (wide, narrow) => {
      const [outer, inner] = [takes(wide), takes(narrow)];
      expect(requestCovers(`GET ${wide}`, `GET ${narrow}`)).toBe(
        paths.filter(inner).every((path) => outer(path)),
      );
    }),
  );
});

test("of what is spelled otherwise it cannot be told, so it may meet anything and covers nothing", () => {
  expect(requestsMeet("GET regex:/a|b", "GET /c")).toBe(true);
  expect(requestCovers("GET regex:/a|b", "GET /a")).toBe(false);
});
