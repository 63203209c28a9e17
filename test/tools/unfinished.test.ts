import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
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

/** Has a child, tells its id, and never asks how it ended. */
const forgetful = `
  const { pid } = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"]);
  require("node:fs").writeSync(1, String(pid));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
`;

// Other systems do not tell such a process from one at work.
(process.platform === "linux" ? test : test.skip)(
  "a killed maker that nobody has waited for yet is gone as well",
  async () => {
    const parent = spawn(process.execPath, ["-e", forgetful], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [pid] = await once(parent.stdout, "data");
      const name = `image.tar.unfinished-${hostname()}-${Number(pid)}-Ab12Cd`;
      expect(isAbandoned(name)).toBe(false);
      process.kill(Number(pid), "SIGKILL");
      while (!isAbandoned(name)) await setTimeout(10);
      expect(() => process.kill(Number(pid), 0)).not.toThrow();
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

test("a folder in the making is not taken for an abandoned one", async () => {
  expect(isAbandoned(basename(await unfinishedFolder(join(folder, "new", "thing"))))).toBe(false);
});
