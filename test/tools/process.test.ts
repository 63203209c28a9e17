import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { lineage, processExists } from "../../tools/process.ts";

test("a process is there until it has ended, whoever it belongs to", () => {
  expect(processExists(process.pid)).toBe(true);
  // Of the first process of a machine only root may say more than that it is there.
  expect(processExists(1)).toBe(true);
  expect(processExists(spawnSync("true").pid)).toBe(false);
});

test("name, state and parent are told from whatever a program calls itself", () => {
  expect(lineage("17 (pulumi) S 4 17 17 0 -1")).toEqual({ name: "pulumi", state: "S", parent: 4 });
  expect(lineage("17 (a) S 1 (b) c) Z 4 17")).toEqual({ name: "a) S 1 (b) c", state: "Z", parent: 4 });
});
