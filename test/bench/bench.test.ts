import { tmpdir } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { loadAll } from "js-yaml";
import type { Manifest } from "../../constructs/index.ts";
import { Fault } from "../../tools/fault.ts";
import { readArguments, usage } from "./arguments.ts";
import { median, ratio } from "./figures.ts";
import { tenTimes } from "./policies.ts";
import { difference } from "./same-objects.ts";
import { sketchShop } from "./sketch.ts";
import { aims } from "./synth.ts";

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

test("arguments are what the usage says", () => {
  expect(readArguments([])).toMatchObject({ sizes: [5, 100, 1000], rounds: 5, cluster: true, json: false });
  const given = ["--no-cluster", "--sizes", "5,100", "--rounds=2", "--folder", tmpdir(), "--json"];
  expect(readArguments(given)).toEqual({
    ...{ sizes: [5, 100], rounds: 2, folder: tmpdir(), cluster: false, json: true, help: false },
  });
});

test.each([
  ["--size=5", "unknown option '--size'"],
  ["5", "unexpected argument '5'. This command does not take positional arguments"],
  ["--sizes=5,x", "--sizes has x; it must be a whole number from 1 to 99999"],
  ["--sizes=5,", "--sizes has nothing; it must be a whole number from 1 to 99999"],
  ["--rounds=0", "--rounds has 0; it must be a whole number from 1 to 99999"],
  ["--rounds=1.5", "--rounds has 1.5; it must be a whole number from 1 to 99999"],
  ["--folder=/absent", "--folder is /absent; it must be a folder that exists"],
])("%s is told, with the usage", (argument, words) => {
  expect(() => readArguments([argument])).toThrow(new Fault(`${words}\n${usage}`, 1));
});

test("a promise whose sizes were not measured is not judged, and says which it wants", () => {
  const run = { seconds: 1, cpuSeconds: 1, peakMegabytes: 1 };
  const runs = { "pressurevalve synth": [run], "helm template": [{ ...run, seconds: 3 }] };
  const judged = (...sizes: number[]) =>
    aims(sizes.map((services) => ({ services, objects: services, runs }))).map(({ met, measured }) => [
      met,
      measured,
    ]);
  expect(judged(5, 100)).toEqual([
    [undefined, "wants --sizes with 5, 100 and 1000"],
    [undefined, "wants --sizes with 1000"],
  ]);
  expect(judged(5, 1000)).toEqual([
    [undefined, "wants --sizes with 5, 100 and 1000"],
    [true, "helm takes 3.00 times as long"],
  ]);
});

describe("ten times Kyverno", () => {
  /** 100 objects judged in one turn, and in a process that took a second more. */
  const judgements = (name: string, judging: number) => {
    const whole = { seconds: judging + 1, cpuSeconds: judging + 1, peakMegabytes: 100 };
    const judge = { name, rules: 19, turn: () => Promise.reject(new Error("not run")) };
    return { objects: 100, judge, turns: [{ whole, judging }] };
  };
  const ours = judgements("the kit, the Pod Security Standard", 0.1);

  test.each([
    [1.5, true, "15.0 times; whole processes 2.3 times"],
    [0.5, false, "5.0 times; whole processes 1.4 times"],
    [-0.1, undefined, "its judging is lost in the noise of its reading; whole processes 0.8 times"],
  ])("of %s s beside our 0.1 is met: %s", (judging, met, measured) => {
    const [aim] = tenTimes([ours, judgements("Kyverno, the same CEL", judging)]);
    expect(aim).toMatchObject({ measured });
    expect(aim?.met).toBe(met);
  });
});
