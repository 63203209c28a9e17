import { spawn } from "node:child_process";
import { expect, test } from "@jest/globals";
import { end, isAlive, recordOf } from "../../../tools/cluster/processes.ts";

test("a running process is recognised by its record", () => {
  const record = recordOf(process.pid);
  expect(record && isAlive(record)).toBe(true);
});

test("another process with the id of an earlier one is not taken for it", () => {
  expect(isAlive({ pid: process.pid, startTime: "1" })).toBe(false);
});

test("a process of another start is left alone", async () => {
  const child = spawn("sleep", ["60"]);
  await end([{ pid: Number(child.pid), startTime: "1" }]);
  const record = recordOf(Number(child.pid));
  expect(record && isAlive(record)).toBe(true);
  child.kill("SIGKILL");
});

test("a process that does not heed the request to end is ended", async () => {
  const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const record = recordOf(Number(child.pid));
  await end(record ? [record] : [], 50);
  expect(record && isAlive(record)).toBe(false);
});
