import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { statOf } from "../../../tools/process.ts";
import { isDead, locksIn, processName, release, removeTornLocks } from "../../../tools/pulumi/lock.ts";
import { livingPulumi } from "./living-pulumi.ts";

let folder: string;
let pulumi: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  pulumi = await livingPulumi();
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

// Elsewhere nothing tells such a process.
(process.platform === "linux" ? test : test.skip)(
  "a Pulumi that has ended and waits for its parent holds nothing any more",
  async () => {
    // A shell that becomes another program never looks after the child that it had.
    const program = "process.title = 'pulumi'; console.log(process.pid); setInterval(() => {}, 60000)";
    const parent = spawn("sh", ["-c", `"$0" --eval "${program}" & exec sleep 600`, process.execPath], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const pid = Number(await once(parent.stdout, "data"));
      expect(await isDead(lock(pid))).toBe(false);
      await until(() => statOf(parent.pid ?? 0)?.name !== "sh");
      process.kill(pid, "SIGKILL");
      await until(() => statOf(pid)?.isZombie ?? true);
      expect(await processName(pid)).toBe("pulumi");
      expect(await isDead(lock(pid))).toBe(true);
    } finally {
      await end(parent);
    }
  },
);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
test("the locks of a folder are read, and a released one leaves nothing", async () => {
  const text = JSON.stringify({ pid: 17, hostname: "vm", username: "root" });
  const file = join(folder, "1.json");
  await Promise.all([file, `${file}.attrs`, join(folder, "2.json")].map((path) => writeFile(path, text)));
  const [first, ...others] = await locksIn(folder);
  expect(first).toMatchObject({ pid: 17, hostname: "vm", file });
  expect(others).toHaveLength(1);
  await release(first as never);
  expect(await readdir(folder)).toEqual(["2.json"]);
  expect(await locksIn(join(folder, "absent"))).toEqual([]);
});

test("a lock that was cut in half is named, with what to do", async () => {
  const file = join(folder, "1.json");
  await writeFile(file, '{"pid": 1');
  await expect(locksIn(folder)).rejects.toThrow(
    new RegExp(
      `${file} is no lock that Pulumi wrote: .*; when no pulumi works on the stack, remove it: rm ${file}`,
    ),
  );
});

test("what a full disk left of a lock goes, however young; one that takes its name meanwhile, and whole ones, stay", async () => {
  const names = ["0.json.18e9.tmp", "1.json.18ea.tmp", "2.json.18eb.tmp", "3.json"];
  await Promise.all(names.map((name) => writeFile(join(folder, name), "")));
  const past = new Date(Date.now() - 60_000);
  await utimes(join(folder, "1.json.18ea.tmp"), past, past);
  await utimes(join(folder, "3.json"), past, past);
  const removed = removeTornLocks(folder);
  await rename(join(folder, "2.json.18eb.tmp"), join(folder, "2.json"));
  await removed;
  expect((await readdir(folder)).sort()).toEqual(["2.json", "3.json"]);
});
