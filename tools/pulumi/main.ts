import { report } from "../report.ts";
import { pulumiProgram } from "./program.ts";

// Becomes the CLI instead of starting it, so that the terminal, its signals and the exit code are the CLI's own.
try {
  const { path, args, env } = await pulumiProgram(process.argv.slice(2));
  process.execve?.(path, ["pulumi", ...args], env);
} catch (error) {
  process.exitCode = report(error);
}
