import { type ExitCode, Fault } from "../fault.ts";
import { withoutKnownWarnings } from "./progress.ts";

/** How the program of a stack begins to report problems of descriptions. */
export const wrongDescriptions = "the descriptions are wrong:";

/**
 * A failed run of the CLI, whose exit code follows from its words, for the CLI itself knows but one: descriptions are
 * wrong, the environment is missing, or else the deployment failed.
 */
export function pulumiFailure(what: string, words: string): Fault {
  const [, stack] = /no stack named '([^']+)' found/.exec(words) ?? [];
  if (stack !== undefined) return missingStack(stack);
  return new Fault(`${what} failed:\n${withoutKnownWarnings(words)}${remedy(words)}`, exitCode(words));
}

/** What there is to say of a stack that nobody has made yet. */
export function missingStack(stack: string): Fault {
  const making = /^dev(-platform)?$/.test(stack)
    ? "npm start makes it"
    : `make it once: npx pulumi stack init ${stack} --no-select`;
  return new Fault(`stack ${stack} does not exist yet; ${making}`, 3);
}

/** The CLI says that the passphrase is wrong, but not which it is. */
function remedy(words: string): string {
  if (!words.includes("incorrect passphrase")) return "";
  return "\nthe state was encrypted with another passphrase than that of .local/pulumi/passphrase, or of PULUMI_CONFIG_PASSPHRASE where it is set; nothing was changed; bring the right one back";
}

function exitCode(words: string): ExitCode {
  if (words.includes(wrongDescriptions)) return 1;
  return missing.some((pattern) => pattern.test(words)) ? 3 : 2;
}

// The provider's words, those of our own await, and the CLI's.
const missing = [
  /cluster is unreachable|unreachable cluster/,
  /read-only file system|no space left on device/,
  /is the cluster running\?/,
  /kubeconfig \S+ does not exist/,
  /\bpassphrase\b/,
];
