import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { isAtWork, parseStat, processExists, statOf } from "../../tools/process.ts";

test("a process is there until it has ended, whoever it belongs to", () => {
  expect(processExists(process.pid)).toBe(true);
  // Of the first process of a machine only root may say more than that it is there.
  expect(processExists(1)).toBe(true);
  expect(processExists(spawnSync("true").pid)).toBe(false);
});

const rest = "4 17 17 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1 1\n";

test.each([
  [`17 (pulumi) S ${rest}`, "pulumi", false],
  [`17 (a) S 1 (b) c) Z ${rest}`, "a) S 1 (b) c", true],
])("what Linux says of a process is told from whatever that calls itself: %s", (stat, name, isZombie) => {
  expect(parseStat(stat)).toEqual({ name, isZombie, parent: 4, startTime: "4711" });
});

test("a process is at work until it has ended, with or without what Linux says of it", () => {
  expect(isAtWork(process.pid)).toBe(true);
  const ended = spawnSync("true").pid;
  expect(isAtWork(ended)).toBe(false);
  expect(statOf(ended)).toBeUndefined();
});
