import { spawn } from "node:child_process";
import { expect, test } from "@jest/globals";
import { end, isAlive, isZombie, recordOf, startTimeIn } from "../../../tools/cluster/processes.ts";

const stat = "7 (a) (b c) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1 1\n";

test("the start time is found behind a name with blanks and brackets", () => {
  expect(startTimeIn(stat)).toBe("4711");
});

test("a process that has ended and waits for its parent is told from one that sleeps", () => {
  expect(isZombie(stat)).toBe(false);
  expect(isZombie(stat.replace(") S ", ") Z "))).toBe(true);
});

test("a running process is recognised by its record", async () => {
  const record = await recordOf(process.pid);
  expect(record && (await isAlive(record))).toBe(true);
});

test("another process with the id of an earlier one is not taken for it", async () => {
  expect(await isAlive({ pid: process.pid, startTime: "1" })).toBe(false);
});

test("a process of another start is left alone", async () => {
  const child = spawn("sleep", ["60"]);
  await end([{ pid: Number(child.pid), startTime: "1" }]);
  const record = await recordOf(Number(child.pid));
  expect(record && (await isAlive(record))).toBe(true);
  child.kill("SIGKILL");
});

test("a process that does not heed the request to end is ended", async () => {
  const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const record = await recordOf(Number(child.pid));
  await end(record ? [record] : [], 50);
  expect(record && (await isAlive(record))).toBe(false);
});
