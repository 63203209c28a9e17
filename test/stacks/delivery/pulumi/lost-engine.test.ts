import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";

const module = join(import.meta.dirname, "../../../../stacks/delivery/pulumi/lost-engine.ts");

// As Pulumi's SDK does it: what nobody caught is logged, and what cannot be logged was not caught.
const program = `
  import { endWithTheEngine } from ${JSON.stringify(module)};
  process.on("uncaughtException", (error) => console.error(error));
  endWithTheEngine();
  process.send("running");
  setInterval(() => { console.log("at work"); console.error("at work"); }, 10);
`;

let child: ChildProcess;
afterEach(() => {
  child.kill("SIGKILL");
});

test.each(["stdout", "stderr"] as const)("a program whose %s nobody reads any more ends", async (stream) => {
  child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  child.stdout?.resume();
  child.stderr?.resume();
  await once(child, "message");
  child[stream]?.destroy();
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
});
