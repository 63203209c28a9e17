import { execa } from "execa";
import { interruptible, stopInGoodOrder } from "../interruption.ts";
import { shopRoot } from "../shop-root.ts";
import { pulumiFailure } from "./failure.ts";
import { pulumiProgram } from "./program.ts";

/** What a finished run of the CLI said. */
interface Outcome {
  failed: boolean;
  stdout: string;
  stderr: string;
}

/** Runs the CLI at the shop's root and gathers its words; `say` gets each line as it comes, and it reads `input`. */
export async function pulumi(
  args: readonly string[],
  say: (line: string) => void = () => {},
  input = "",
): Promise<Outcome> {
  const invocation = await pulumiProgram([...args, "--non-interactive", "--color", "never"]);
  const { path, env } = invocation;
  const running = execa(path, invocation.args, {
    cwd: shopRoot,
    env,
    reject: false,
    cleanup: false,
    detached: true,
    input,
  });
  // Once: told twice, it drops what is under way, and a terminal would tell it besides us.
  const done = stopInGoodOrder(() => void running.kill("SIGINT"));
  try {
    for await (const line of running) say(line);
    const { failed, stdout, stderr } = await running;
    return { failed, stdout, stderr };
  } finally {
    done();
  }
}

/** Where the CLI's own words go: this terminal's standard output, or another stream of this process. */
export type Output = "inherit" | NodeJS.WriteStream;

/**
 * Runs the CLI on this terminal; true when it did what it was told. When this process is told to end meanwhile, it waits
 * for the CLI to stop in good order, and then ends as the signal would have ended it.
 */
export async function pulumiOnTerminal(
  args: readonly string[],
  extra: Record<string, string> = {},
  stdout: Output = "inherit",
): Promise<boolean> {
  const invocation = await pulumiProgram(args);
  const { path, env } = invocation;
  const options = {
    cwd: shopRoot,
    env: { ...env, ...extra },
    reject: false,
    cleanup: false,
    stdin: "inherit",
    stdout,
    stderr: "inherit",
  } as const;
  return interruptible(
    () => "interrupted; Pulumi ends what is under way, and the same command goes on from there",
    async () => {
      const running = execa(path, invocation.args, options);
      // Ctrl-C reaches the CLI by itself; told twice, it drops what is under way.
      const done = stopInGoodOrder((signal) => void (signal === "SIGINT" || running.kill("SIGINT")));
      const { failed } = await running.finally(done);
      return !failed;
    },
  );
}

/** The standard output of a run that has to succeed; it reads `input`. */
export async function pulumiOutput(args: readonly string[], input?: string): Promise<string> {
  const { failed, stdout, stderr } = await pulumi(args, undefined, input);
  if (failed) throw pulumiFailure(`pulumi ${args.join(" ")}`, stderr || stdout);
  return stdout;
}
