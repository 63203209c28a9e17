import { pulumi } from "./run.ts";

/** What a command line of the CLI does with a stack: changes what is deployed, or reads its state to say what would. */
type Use = "deployment" | "preview" | "other";

const uses: ReadonlyMap<string | undefined, Use> = new Map([
  ...["up", "update", "destroy", "down", "dn", "refresh", "import"].map(
    (name) => [name, "deployment"] as const,
  ),
  ...["preview", "pre"].map((name) => [name, "preview"] as const),
]);

export function useOf(args: readonly string[]): Use {
  if (args.some((arg) => /^(-h|--help)$/.test(arg))) return "other";
  return uses.get(args.find((arg) => !arg.startsWith("-"))) ?? "other";
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
