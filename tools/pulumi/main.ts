import { report } from "../report.ts";
import { isDeployment, namedStack, selectedStack } from "./command-line.ts";
import { pulumiProgram } from "./program.ts";
import { recover } from "./recovery.ts";

async function putInOrder(args: readonly string[]): Promise<void> {
  const stack = namedStack(args) ?? (await selectedStack());
  if (stack !== undefined) await recover(stack, console.error);
}

// Becomes the CLI instead of starting it, so that the terminal, its signals and the exit code are the CLI's own.
try {
  const given = process.argv.slice(2);
  if (isDeployment(given)) await putInOrder(given);
  const { path, args, env } = await pulumiProgram(given);
  process.execve?.(path, ["pulumi", ...args], env);
} catch (error) {
  process.exitCode = report(error);
}
