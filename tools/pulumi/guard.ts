import { stackFiles } from "./backend.ts";
import type { CommandLine } from "./command-line.ts";
import { missingStack } from "./failure.ts";
import { recover } from "./recovery.ts";
import { pulumi } from "./run.ts";
import { readState } from "./state.ts";

/**
 * What has to be before the CLI is given a command line: the states that it is about are whole, and before a deployment
 * they are put in order.
 *
 * @throws Fault (exit code 3) when a stack does not exist yet, or its state is damaged
 */
export async function guard({ use, stacks }: CommandLine, say: (line: string) => void): Promise<void> {
  if (use === "other") return;
  for (const stack of stacks.length > 0 ? stacks : await selectedStack()) {
    await requireWholeState(stack);
    if (use === "deployment") await recover(stack, say);
  }
}

/** Of a stack that does not exist the CLI does not say what makes it; where its files cannot be seen, it is its to look. */
async function requireWholeState(stack: string): Promise<void> {
  const files = await stackFiles(stack);
  if (files !== undefined && (await readState(files)) === undefined) throw missingStack(stack);
}

/** The stack that is selected in this shop; none where none is. */
async function selectedStack(): Promise<string[]> {
  const { failed, stdout } = await pulumi(["stack", "--show-name"]);
  return failed ? [] : [stdout.trim()];
}
