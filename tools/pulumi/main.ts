import { Fault } from "../fault.ts";
import { pulumiProgram } from "./program.ts";

// Becomes the CLI instead of starting it, so that the terminal, its signals and the exit code are the CLI's own.
try {
  const { path, args, env } = await pulumiProgram(process.argv.slice(2));
  process.execve?.(path, ["pulumi", ...args], env);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
