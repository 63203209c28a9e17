import { pulumi } from "./run.ts";

// A preview reads the state, too, but changes nothing that a recovery could be needed for.
const writing: ReadonlySet<string | undefined> = new Set([
  "up",
  "update",
  "destroy",
  "down",
  "dn",
  "refresh",
  "import",
]);

/** Whether a command line of the CLI changes what is deployed. */
export function isDeployment(args: readonly string[]): boolean {
  return (
    writing.has(args.find((arg) => !arg.startsWith("-"))) && !args.some((arg) => /^(-h|--help)$/.test(arg))
  );
}

/** The stack that a command line names, without organization and project. */
export function namedStack(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => /^(-s|--stack)(=|$)/.test(arg));
  if (at === -1) return undefined;
  const value = args[at]?.includes("=") ? args[at].replace(/^[^=]*=/, "") : args[at + 1];
  return value?.split("/").at(-1);
}

/** The stack that is selected in this shop; nothing where none is. */
export async function selectedStack(): Promise<string | undefined> {
  const { failed, stdout } = await pulumi(["stack", "--show-name"]);
  return failed ? undefined : stdout.trim();
}
