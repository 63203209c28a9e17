import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";

const steps = join(import.meta.dirname, "../../tools/step.ts");
const interruption = join(import.meta.dirname, "../../tools/interruption.ts");

/** Runs a module that says "now" when it is to be told to end, and gives how it ended and what it said. */
async function interrupted(
  signal: NodeJS.Signals,
  body: string,
): Promise<{ by: string | undefined; stderr: string }> {
  const program = `
    import { runSteps } from ${JSON.stringify(steps)};
    import { stopInGoodOrder } from ${JSON.stringify(interruption)};
    const forever = () => new Promise((resolve) => setTimeout(resolve, 600_000));
    ${body}`;
  const running = execa(process.execPath, ["--input-type=module", "--eval", program], { reject: false });
  await once(running.stdout, "data");
  running.kill(signal);
  const { signal: by, stderr } = await running;
  return { by, stderr };
}

const endless = `await runSteps([{ title: "build", run: async () => { console.log("now"); await forever(); } }]);`;

test.each([
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
] as const)("%s ends a step, which is named, and is what the shell sees", async (signal) => {
  const { by, stderr } = await interrupted(signal, endless);
  expect(by).toBe(signal);
  expect(stderr).toContain('interrupted in "build"; the same command goes on from there');
});

test("a program that stops in good order is waited for, and no step follows", async () => {
  const { by, stderr } = await interrupted(
    "SIGTERM",
    `await runSteps([
      { title: "deploy", run: async () => {
        const stopped = new Promise((resolve) => {
          const done = stopInGoodOrder(() => setTimeout(() => { console.error("stopped"); done(); resolve(); }, 50));
        });
        console.log("now");
        await Promise.race([stopped, forever()]);
      } },
      { title: "next", run: async () => console.error("too far") },
    ]);`,
  );
  expect(by).toBe("SIGTERM");
  expect(stderr).toMatch(/interrupted in "deploy".*\nstopped/);
  expect(stderr).not.toContain("too far");
});
