import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * A process that Linux and ps both call pulumi, and that runs until it is ended. A copy of `sleep` would not do: where
 * that is one program with many others, it goes by its name.
 */
export async function livingPulumi(): Promise<ChildProcess> {
  const program = 'process.title = "pulumi"; console.log("ready"); setInterval(() => {}, 60_000)';
  const child = spawn(process.execPath, ["--eval", program], {
    argv0: "pulumi",
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}
