import { Fault } from "../fault.ts";
import { releaseDeadLock } from "./lock.ts";
import { pulumi, pulumiOutput } from "./run.ts";

/** The name in Pulumi.yaml. */
const project = "mountainpass";

type Say = (line: string) => void;

/** The configuration that points a stack to its cluster. */
export interface ClusterConfiguration {
  /** Path of a kubeconfig file. Pulumi: kubernetes:kubeconfig */
  kubeconfig: string;
  /** A context in it. Pulumi: kubernetes:context */
  context: string;
}

/** Makes the stack when it does not exist, and points it to the cluster when it points elsewhere. */
export async function ensureStack(stack: string, cluster: ClusterConfiguration): Promise<void> {
  if (!(await stackNames()).includes(stack)) await pulumiOutput(["stack", "init", stack, "--no-select"]);
  await releaseDeadLock(project, stack);
  const wanted = Object.entries(cluster).map(([key, value]) => [`kubernetes:${key}`, value]);
  const configured = JSON.parse(await pulumiOutput(["config", "--json", "--stack", stack]));
  if (wanted.every(([key, value]) => configured[key ?? ""]?.value === value)) return;
  const settings = wanted.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
  await pulumiOutput(["config", "set-all", "--stack", stack, ...settings]);
}

/**
 * Deploys the stack.
 *
 * @throws Fault with the diagnostics when a resource or a workload fails.
 */
export function up(stack: string, say: Say): Promise<void> {
  return change("up", stack, ["--skip-preview"], say);
}

/**
 * Deletes every resource of the stack; its configuration and history stay.
 *
 * @throws Fault with the diagnostics when a resource cannot be deleted.
 */
export function destroy(stack: string, say: Say): Promise<void> {
  return change("destroy", stack, ["--skip-preview"], say);
}

/** What stacks/index.ts exports. */
export async function outputs(stack: string): Promise<Record<string, unknown>> {
  return JSON.parse(await pulumiOutput(["stack", "output", "--json", "--stack", stack]));
}

async function stackNames(): Promise<string[]> {
  const stacks: { name: string }[] = JSON.parse(await pulumiOutput(["stack", "ls", "--json"]));
  return stacks.map(({ name }) => name);
}

async function change(verb: string, stack: string, options: readonly string[], say: Say): Promise<void> {
  await releaseDeadLock(project, stack);
  const { failed, stdout, stderr } = await pulumi([verb, "--yes", "--stack", stack, ...options], say);
  if (failed) throw new Fault(`pulumi ${verb} of ${stack} failed\n${diagnostics(stdout) ?? stderr}`, 2);
}

/** The section of the CLI's output that says what went wrong. */
export function diagnostics(output: string): string | undefined {
  return /^Diagnostics:\n(.*?)(?=^\S|$(?![\s\S]))/ms.exec(output)?.[1]?.trimEnd();
}
