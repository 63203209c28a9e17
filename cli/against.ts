import { type OtherSide, renderedAt } from "../stacks/delivery/revision.ts";
import { Fault } from "../tools/fault.ts";
import { type Revision, revisionOf } from "../tools/revision.ts";
import { shopRoot } from "../tools/shop-root.ts";

/** A commit to compare with, and what the user calls it. */
export interface Against {
  readonly ref: string;
  readonly revision: Revision;
}

/** @throws Fault where there is no such commit (exit code 1), or no git (3) */
export async function against(ref: string): Promise<Against> {
  return { ref, revision: await revisionOf(shopRoot, ref) };
}

/** An environment as it was rendered there. */
export async function renderedThere({ ref, revision }: Against, environment: string): Promise<OtherSide> {
  return inItsName(ref, () => renderedAt(revision, environment, (line) => console.error(line)));
}

/** `main (1234567890)` */
export function spellAgainst({ ref, revision: { commit } }: Against): string {
  const short = commit.slice(0, 10);
  return commit.startsWith(ref) ? short : `${ref} (${short})`;
}

/** A variable that is not set leaves an empty word. */
export function filled(option: string, what: string): (value: string) => string {
  return (value) => {
    if (value === "") throw new Fault(`${option} is empty; name ${what}`, 1);
    return value;
  };
}

/** What is wrong there is not wrong here. */
async function inItsName<Value>(ref: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const lines = error.message.split("\n").map((line) => `at ${ref}: ${line}`);
    throw new Fault(lines.join("\n"), error.exitCode);
  }
}
