import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { isAbandoned, unfinishedFolder } from "../../tools/unfinished.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-unfinished-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** The id of a process that has ended. */
const gone = spawnSync("true").pid;

test("what a killed maker left goes when the next one begins, and nothing else", async () => {
  const left = `image.tar.unfinished-${hostname()}-${gone}-Ab12Cd`;
  const living = `image.tar.unfinished-${hostname()}-${process.pid}-Ab12Cd`;
  const elsewhere = `image.tar.unfinished-another-machine-${gone}-Ab12Cd`;
  for (const name of [left, living, elsewhere, "image.tar"]) await mkdir(join(folder, name));
  const made = await unfinishedFolder(join(folder, "other.tar"));
  expect((await readdir(folder)).sort()).toEqual([living, elsewhere, "image.tar", basename(made)].sort());
});

test("a folder in the making is not taken for an abandoned one", async () => {
  expect(isAbandoned(basename(await unfinishedFolder(join(folder, "new", "thing"))))).toBe(false);
});
