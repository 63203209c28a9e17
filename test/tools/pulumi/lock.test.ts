import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { isDead, processName } from "../../../tools/pulumi/lock.ts";

let folder: string;
let pulumi: ChildProcess;

/** A process of this machine that is called pulumi. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  const path = join(folder, "pulumi");
  await copyFile(execFileSync("sh", ["-c", "command -v sleep"], { encoding: "utf8" }).trim(), path);
  await chmod(path, 0o755);
  pulumi = spawn(path, ["600"]);
  await once(pulumi, "spawn");
});

afterEach(async () => {
  await end(pulumi);
  await rm(folder, { recursive: true });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

function lock(pid: number | undefined, host = hostname()) {
  return { pid: pid ?? 0, hostname: host };
}

async function withPath<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await action();
  } finally {
    process.env.PATH = before;
  }
}

test("a lock lives as long as its Pulumi, with or without ps", async () => {
  expect(await isDead(lock(pulumi.pid))).toBe(false);
  expect(await withPath(folder, () => isDead(lock(pulumi.pid)))).toBe(false);
  await end(pulumi);
  expect(await isDead(lock(pulumi.pid))).toBe(true);
});

test("a lock is dead when its number belongs to another program by now", async () => {
  expect(await isDead(lock(process.pid))).toBe(true);
});

test("a lock of another machine is not ours to judge", async () => {
  await end(pulumi);
  expect(await isDead(lock(pulumi.pid, "elsewhere"))).toBe(false);
});

test("where there is neither /proc nor ps, a process has no name, and so its lock lives", async () => {
  expect(await withPath(folder, () => processName(process.pid, "darwin"))).toBeUndefined();
});
