import { Fault } from "../fault.ts";
import { readCommandLine } from "./command-line.ts";

const given = process.argv.slice(2);

// Becomes the CLI instead of starting it, so that the terminal, its signals and the exit code are the CLI's own.
try {
  const commandLine = readCommandLine(given);
  const leave = enter(commandLine.cwd);
  // Not before: they find the shop from the working directory.
  const [{ guard }, { pulumiProgram }] = await Promise.all([import("./guard.ts"), import("./program.ts")]);
  await guard(commandLine, console.error);
  const { path, args, env } = await pulumiProgram(given);
  leave();
  process.execve?.(path, ["pulumi", ...args], env);
} catch (error) {
  const { report } = await import("../report.ts");
  process.exitCode = report(error);
}

/** Goes where the CLI will go, and gives what goes back. */
function enter(folder = "."): () => void {
  const before = process.cwd();
  try {
    process.chdir(folder);
  } catch (cause) {
    throw new Fault(`--cwd is ${folder}, which cannot be entered; name a folder that is there`, 1, { cause });
  }
  return () => process.chdir(before);
}
