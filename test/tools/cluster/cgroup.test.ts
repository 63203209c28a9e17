import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { weigh } from "../../../tools/cluster/cgroup.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cgroup-"));
});
afterEach(() => rm(folder, { recursive: true }));

test.each([
  ["cpu.shares", "1024", "10240"],
  ["cpu.weight", "100", "1000"],
])("the pods weigh ten times as much as a process beside them: %s", async (file, usual, more) => {
  await writeFile(join(folder, file), usual);
  await weigh(folder);
  expect(await readFile(join(folder, file), "utf8")).toBe(more);
});

test("a group of another controller is left as it is", async () => {
  await weigh(folder);
  expect(await readdir(folder)).toEqual([]);
});
