import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test } from "@jest/globals";
import { endOrphans, orphans, type Running, runMark } from "../../../tools/pulumi/orphans.ts";

let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill("SIGKILL");
});

function running(pid: number, parent: number, name: string, marked = true): Running {
  return { pid, parent, name, marked };
}

test("what a killed CLI started is an orphan, with all beneath it; what a living one started is not", () => {
  const killed = [
    running(12, 1, "pulumi-language"),
    running(13, 12, "MainThread"),
    running(14, 1, "pulumi-resource"),
  ];
  const living = [
    running(20, 1, "pulumi"),
    running(21, 20, "pulumi-language"),
    running(22, 21, "MainThread"),
  ];
  expect(orphans([...killed, ...living])).toEqual(killed);
});

test("what no run of ours started is none of our business", () => {
  expect(orphans([running(12, 1, "pulumi-resource", false), running(13, 1, "bash", false)])).toEqual([]);
});

test("another's Pulumi among the parents is no CLI of ours", () => {
  const orphan = running(12, 11, "pulumi-resource");
  expect(orphans([running(11, 1, "pulumi", false), orphan])).toEqual([orphan]);
});

// Where processes show their environment.
(process.platform === "linux" ? test : test.skip)(
  "orphans are ended, those of another backend are not",
  async () => {
    child = spawn("sleep", ["600"], { env: { ...process.env, [runMark]: "file:///one" } });
    await once(child, "spawn");
    expect(await endOrphans("file:///another")).toBe(0);
    const ended = once(child, "exit");
    expect(await endOrphans("file:///one")).toBe(1);
    expect(await ended).toEqual([null, "SIGTERM"]);
  },
);
