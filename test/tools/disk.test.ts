import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { freeSpace, requireRoom, saysDiskFull } from "../../tools/disk.ts";
import type { Fault } from "../../tools/fault.ts";

test("a folder that is not there yet has the room of the one that it will lie in", () => {
  const { blocks, bsize } = statfsSync(tmpdir());
  const free = freeSpace(join(tmpdir(), "not", "there", "yet"));
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(blocks * bsize);
});

test("too little room is told with the folder, what it has, what it needs and what to do", () => {
  const folder = join(tmpdir(), "shop");
  const shortage = (): Fault | undefined => {
    try {
      requireRoom(folder, 2 ** 60, "the local cluster", "move it");
      return undefined;
    } catch (error) {
      return error as Fault;
    }
  };
  expect(shortage()?.exitCode).toBe(3);
  expect(shortage()?.message).toMatch(
    /^the local cluster needs 1099511627776 MiB in .*\/shop, whose disk has \d+ MiB free; make room there, or move it$/,
  );
  expect(() => requireRoom(folder, 1, "it", "")).not.toThrow();
});

test.each([
  "ENOSPC: no space left on device, write",
  "write /usr/lib/x: no space left on device",
  "cat: write error: No space left on device",
  "E: You don't have enough free space in /root/.cache/pressurevalve/debian/archives/.",
  "EDQUOT: disk quota exceeded, mkdir",
])("%s tells of a full disk", (words) => {
  expect(saysDiskFull(words)).toBe(true);
});

test("other failures do not", () => {
  expect(saysDiskFull("ENOENT: no such file or directory, open 'ENOSPCX'")).toBe(false);
});
