import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type StackFiles, stackFiles } from "../../../tools/pulumi/backend.ts";
import { recover, waitForRuns } from "../../../tools/pulumi/recovery.ts";
import { livingPulumi } from "./living-pulumi.ts";

let folder: string;
let files: StackFiles;
let run: ChildProcess;
const said: string[] = [];
const say = (line: string) => void said.push(line);
const { PULUMI_BACKEND_URL: backendBefore } = process.env;

/** A run that lives, and is creating an object. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "recovery-"));
  process.env.PULUMI_BACKEND_URL = `file://${folder}`;
  files = (await stackFiles("dev")) as StackFiles;
  run = await livingPulumi();
  const resource = {
    urn: "urn:pulumi:dev::shop::kubernetes:core/v1:Secret::a",
    type: "kubernetes:core/v1:Secret",
  };
  const latest = { resources: [], pending_operations: [{ type: "creating", resource }] };
  await write(files.state, { version: 3, checkpoint: { latest } });
  await write(lock(), { pid: run.pid, hostname: hostname() });
  said.length = 0;
});

afterEach(async () => {
  run.kill("SIGKILL");
  if (backendBefore === undefined) delete process.env.PULUMI_BACKEND_URL;
  else process.env.PULUMI_BACKEND_URL = backendBefore;
  await rm(folder, { recursive: true });
});

async function write(path: string, value: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(value));
}

function lock(): string {
  return join(files.locks, "1.json");
}

async function contents(): Promise<string[]> {
  const entries = await readdir(join(folder, ".pulumi"), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.sort().map(async (path) => `${path}: ${await readFile(path, "utf8")}`));
}

test("what a living run is about to do is not taken for what a killed one left", async () => {
  const before = await contents();
  await recover("dev", say);
  expect(said).toEqual([]);
  expect(await contents()).toEqual(before);
});

test("nor is what another machine is about to do, or has left", async () => {
  await write(lock(), { pid: 2 ** 30, hostname: "elsewhere" });
  const before = await contents();
  await recover("dev", say);
  expect(said).toEqual([]);
  expect(await contents()).toEqual(before);
});

test("a living run is waited for, and named once", async () => {
  await waitForRuns("dev", (line) => {
    say(line);
    // After another look or two, which a busy machine may leave out.
    setTimeout(() => run.kill("SIGKILL"), 1200);
  });
  expect(said).toEqual([`waiting for pulumi (process ${run.pid}), which is at work on stack dev`]);
});
