import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
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

test("a killed maker that nobody has waited for yet is gone as well", async () => {
  // The shell's child ends when the shell has become a program that never asks how.
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 61"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [pid] = await once(parent.stdout, "data");
    const name = `image.tar.unfinished-${hostname()}-${Number(pid)}-Ab12Cd`;
    await until(async () => (await readFile(`/proc/${parent.pid}/comm`, "utf8")) === "sleep\n");
    process.kill(Number(pid), "SIGKILL");
    await until(async () => isAbandoned(name));
    expect(() => process.kill(Number(pid), 0)).not.toThrow();
  } finally {
    parent.kill("SIGKILL");
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await holds()) return;
    await setTimeout(10);
  }
  throw new Error("not within three seconds");
}

test("a folder in the making is not taken for an abandoned one", async () => {
  expect(isAbandoned(basename(await unfinishedFolder(join(folder, "new", "thing"))))).toBe(false);
});
