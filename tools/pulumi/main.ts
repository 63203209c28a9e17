import { report } from "../report.ts";
import { namedStack, selectedStack, useOf } from "./command-line.ts";
import { pulumiProgram } from "./program.ts";
import { recover, requireWholeState } from "./recovery.ts";

async function prepare(args: readonly string[]): Promise<void> {
  const use = useOf(args);
  if (use === "other") return;
  const stack = namedStack(args) ?? (await selectedStack());
  if (stack === undefined) return;
  await requireWholeState(stack);
  if (use === "deployment") await recover(stack, console.error);
}

// Becomes the CLI instead of starting it, so that the terminal, its signals and the exit code are the CLI's own.
try {
  const given = process.argv.slice(2);
  await prepare(given);
  const { path, args, env } = await pulumiProgram(given);
  process.execve?.(path, ["pulumi", ...args], env);
} catch (error) {
  process.exitCode = report(error);
}
