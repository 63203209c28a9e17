import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { runSteps } from "../../tools/step.ts";

let printed: string[];
const terminal = process.stderr.isTTY;
beforeEach(() => {
  printed = [];
  process.stderr.isTTY = false;
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.push(`${text}`.trimEnd());
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.stderr.isTTY = terminal;
});

test("steps run in order and each is named with its progress", async () => {
  await runSteps([
    { title: "build", run: async (say) => say("half way") },
    { title: "start", run: async () => {} },
  ]);
  const untimed = printed.map((line) => line.replace(/[\d.]+ s/, "0 s"));
  expect(untimed).toEqual(["build", "  half way", "  done in 0 s", "start", "  done in 0 s"]);
});

test("a finished step does not run, and says so", async () => {
  const run = jest.fn<() => Promise<void>>();
  await runSteps([{ title: "build", done: async () => true, run }]);
  expect(run).not.toHaveBeenCalled();
  expect(printed).toEqual(["build: already done"]);
});

test("whether a step is finished is asked only when its turn has come", async () => {
  const built: string[] = [];
  const run = jest.fn<() => Promise<void>>();
  await runSteps([
    { title: "build", run: async () => void built.push("image") },
    { title: "look", done: async () => built.includes("image"), run },
  ]);
  expect(run).not.toHaveBeenCalled();
});

test("after a step that fails no other runs", async () => {
  const run = jest.fn<() => Promise<void>>();
  const failing = { title: "build", run: () => Promise.reject(new Error("no Go")) };
  await expect(runSteps([failing, { title: "start", run }])).rejects.toThrow("no Go");
  expect(run).not.toHaveBeenCalled();
});
