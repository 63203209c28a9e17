import { expect, test } from "@jest/globals";
import { loadAll } from "js-yaml";
import type { Manifest } from "../../constructs/index.ts";
import { median, ratio } from "./figures.ts";
import { difference } from "./same-objects.ts";
import { sketchShop } from "./sketch.ts";

test("a generated shop is the same each time, and calls form no cycle", () => {
  const shop = sketchShop(100);
  expect(sketchShop(100)).toEqual(shop);
  const before = new Set<string>();
  for (const { name, calls } of shop) {
    expect(calls.every(({ callee }) => before.has(callee))).toBe(true);
    before.add(name);
  }
  expect(shop.some(({ calls }) => calls.length > 1)).toBe(true);
});

test("objects that differ in one field are told apart, in whatever order they and their fields come", () => {
  const read = (text: string) => loadAll(text) as Manifest[];
  const one = read(
    "{kind: A, apiVersion: v1, metadata: {name: a}, x: [1, {y: 2}]}\n---\n{kind: B, apiVersion: v1, metadata: {name: b}}",
  );
  const same = read(
    "{apiVersion: v1, kind: B, metadata: {name: b}}\n---\n{apiVersion: v1, x: [1, {y: 2}], kind: A, metadata: {name: a}}",
  );
  const other = read(
    "{apiVersion: v1, kind: B, metadata: {name: b}}\n---\n{apiVersion: v1, x: [1, {y: '2'}], kind: A, metadata: {name: a}}",
  );
  expect(difference(one, same)).toBeUndefined();
  expect(difference(one, other)).toBe('v1 A /a differs at .x.1.y: 2, not "2"');
  expect(difference(one, one.slice(1))).toBe("v1 A /a is missing");
  expect(difference(one, [...one, ...one])).toBe("4 objects are not 2");
});

test("the median lies in the middle, and ratios are taken round by round", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  expect(ratio([2, 20, 200], [1, 10, 50])).toBe(2);
});
