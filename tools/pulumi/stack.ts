import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shopRoot } from "../shop-root.ts";
import { stackFiles } from "./backend.ts";
import { pulumiFailure } from "./failure.ts";
import { progress } from "./progress.ts";
import { recover, waitForRuns } from "./recovery.ts";
import { pulumi, pulumiOutput } from "./run.ts";
import { readState } from "./state.ts";

type Say = (line: string) => void;

/** The configuration that points a stack to its cluster. */
interface ClusterConfiguration {
  /** Path of a kubeconfig file. Pulumi: kubernetes:kubeconfig */
  kubeconfig: string;
  /** A context in it. Pulumi: kubernetes:context */
  context: string;
}

/**
 * Makes the stack when it does not exist, points it to the cluster when it points elsewhere, and puts it in order when
 * its last run was killed.
 *
 * @throws Fault (exit code 3) when its state is damaged
 */
export async function ensureStack(stack: string, cluster: ClusterConfiguration, say: Say): Promise<void> {
  await waitForRuns(stack, say);
  if (!(await stackExists(stack))) await makeStack(stack);
  await pointTo(stack, cluster);
  await recover(stack, say);
}

async function pointTo(stack: string, cluster: ClusterConfiguration): Promise<void> {
  const wanted = Object.entries(cluster).map(([key, value]) => [`kubernetes:${key}`, value]);
  const configured = JSON.parse(await pulumiOutput(["config", "--json", "--stack", stack]));
  if (wanted.every(([key, value]) => configured[key ?? ""]?.value === value)) return;
  const settings = wanted.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
  await pulumiOutput(["config", "set-all", "--stack", stack, ...settings]);
}

/** A file of an earlier stack may be left, whose salt belongs to a passphrase that is gone with its state. */
async function makeStack(stack: string): Promise<void> {
  const file = join(shopRoot, "stacks", `Pulumi.${stack}.yaml`);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text !== undefined) await writeFile(file, text.replace(/^encryptionsalt:.*\n/m, ""));
  await pulumiOutput(["stack", "init", stack, "--no-select"]);
}

/**
 * Deploys the stack.
 *
 * @throws Fault with the diagnostics when a resource or a workload fails.
 */
export async function up(stack: string, say: Say): Promise<void> {
  const { failed, stdout, stderr } = await pulumi(
    ["up", "--yes", "--skip-preview", "--stack", stack],
    inShort(say),
  );
  if (failed) throw pulumiFailure(`pulumi up of ${stack}`, diagnostics(stdout) ?? stderr);
}

/** A terminal shows one line, which the next one replaces; a log keeps them all. */
function inShort(say: Say): Say {
  const follow = progress({ every: process.stderr.isTTY ? 1 : 25 });
  return (line) => {
    const words = follow(line);
    if (words !== undefined) say(words);
  };
}

/** Where the files can be seen, a damaged state of another stack is none of our business, though the CLI balks at it. */
async function stackExists(stack: string): Promise<boolean> {
  const files = await stackFiles(stack);
  if (files !== undefined) return (await readState(files)) !== undefined;
  const stacks: { name: string }[] = JSON.parse(await pulumiOutput(["stack", "ls", "--json"]));
  return stacks.some(({ name }) => name === stack);
}

/** The section of the CLI's output that says what went wrong. */
export function diagnostics(output: string): string | undefined {
  return /^Diagnostics:\n(.*?)(?=^\S|$(?![\s\S]))/ms.exec(output)?.[1]?.trimEnd();
}
