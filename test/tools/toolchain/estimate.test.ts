import { expect, test } from "@jest/globals";
import { roughly, secondsLeft } from "../../../tools/toolchain/estimate.ts";

test("before anything is compiled, the estimate is that of earlier builds, shared among the cores", () => {
  const progress = { compiled: 0, total: 10_132, seconds: 0 };
  expect(secondsLeft(progress, 1) / 60).toBeCloseTo(55);
  expect(secondsLeft(progress, 2) / 60).toBeCloseTo(27.5);
});

test("the build's own pace takes over, be it slower or faster", () => {
  const halfway = { compiled: 50_000, total: 100_000 };
  expect(secondsLeft({ ...halfway, seconds: 50_000 }, 2) / 50_000).toBeCloseTo(1, 1);
  expect(secondsLeft({ ...halfway, seconds: 500 }, 2) / 500).toBeCloseTo(1, 0);
});

test("nothing is left when all is compiled, or more than was expected", () => {
  expect(secondsLeft({ compiled: 10, total: 10, seconds: 5 })).toBe(0);
  expect(secondsLeft({ compiled: 11, total: 10, seconds: 5 })).toBe(0);
});

test("a time is told no more exactly than it is known", () => {
  expect([3, 14, 42, 89, 95, 1634].map(roughly)).toEqual([
    "a few seconds",
    "about 10 s",
    "about 40 s",
    "about 90 s",
    "about 2 min",
    "about 27 min",
  ]);
});
