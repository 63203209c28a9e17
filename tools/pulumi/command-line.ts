/** What a command line of the CLI does with stacks. */
export interface CommandLine {
  /**
   * `deployment`: it changes what is deployed. `state`: it reads the state to say what would change, or rewrites it.
   * `other`: neither.
   */
  readonly use: "deployment" | "state" | "other";
  /** The stacks that it names, without organization and project; none: the selected one. */
  readonly stacks: readonly string[];
  /** The folder that it is to run in instead of the working directory. */
  readonly cwd: string | undefined;
}

/** Reads a command line as the CLI does, whose grammar is that of cobra and pflag. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { command, rest } = withoutCommand(args);
  const { flags, words } = parse(rest, valued(command));
  const last = (...names: string[]) => flags.findLast(({ name }) => names.includes(name))?.value;
  const named = [last("s", "stack"), last("source"), last("dest"), removed(command, words)];
  return {
    use: flags.some(isHelp) ? "other" : useOf(command, words),
    stacks: named.flatMap((name) => name?.split("/").at(-1) || []),
    cwd: last("C", "cwd"),
  };
}

/** A command that nobody here knows may do anything, and counts as a deployment. */
function useOf(command: string | undefined, words: readonly string[]): CommandLine["use"] {
  if (command === undefined || harmless.has(command) || command.startsWith("__complete")) return "other";
  if (command === "stack") return rewriting.test(words[0] ?? "") ? "state" : "other";
  return /^(preview|pre|state)$/.test(command) ? "state" : "deployment";
}

const harmless: ReadonlySet<string> = new Set(
  `about api cancel completion config console convert deployment env gen-completion help insights install login logout
   logs neo new org package plugin policy project schema template version whoami`.split(/\s+/),
);

/** Of `pulumi stack`; `import` brings a state. */
const rewriting = /^(change-secrets-provider|remove|rename|rm)$/;

/** The stack behind `pulumi stack rm`; Pulumi removes it without a question when its damaged state looks empty. */
function removed(
  command: string | undefined,
  [subcommand = "", stack]: readonly string[],
): string | undefined {
  return command === "stack" && /^(remove|rm)$/.test(subcommand) ? stack : undefined;
}

/**
 * The command, and the arguments without it, as cobra finds it: before a command only the flags of all commands are
 * known, and any other counts as one with a value.
 */
function withoutCommand(args: readonly string[]): { command?: string; rest: readonly string[] } {
  for (let at = 0; at < args.length && args[at] !== "--"; at++) {
    const arg = args[at] ?? "";
    if (/^[^-]/.test(arg)) return { command: arg, rest: args.toSpliced(at, 1) };
    if (/^(-[^-]|--[^=]+)$/.test(arg) && !globalSwitches.test(arg)) at += 1;
  }
  return { rest: args };
}

const globalSwitches =
  /^(-e|--emoji|-Q|--fully-qualify-stack-names|--disable-integrity-checking|--logflow|--logtostderr|--non-interactive)$/;

interface Flag {
  /** Long, or one letter. */
  readonly name: string;
  /** Nothing for a switch. */
  readonly value?: string | undefined;
}

/** As pflag does it: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-n=value`, and switches before, `-yn value`. */
function parse(args: readonly string[], isValued: IsValued): { flags: Flag[]; words: string[] } {
  const rest = [...args];
  const next = () => rest.shift();
  const flags: Flag[] = [];
  const words: string[] = [];
  for (let arg = next(); arg !== undefined; arg = next()) {
    if (arg === "--") words.push(...rest.splice(0));
    else if (arg.startsWith("--")) flags.push(longFlag(arg, isValued, next));
    else if (/^-./s.test(arg)) flags.push(...letters(arg.slice(1), isValued, next));
    else words.push(arg);
  }
  return { flags, words };
}

type IsValued = (name: string) => boolean;

function longFlag(arg: string, isValued: IsValued, next: () => string | undefined): Flag {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  return { name, value: value ?? (isValued(name) ? next() : undefined) };
}

/** The flags behind one dash; the last of them may have its value there, or from the next argument. */
function letters(text: string, isValued: IsValued, next: () => string | undefined): Flag[] {
  const [name = "", ...others] = text;
  const rest = others.join("");
  if (/^=./s.test(rest)) return [{ name, value: rest.slice(1) }];
  if (isValued(name)) return [{ name, value: rest || next() }];
  return rest === "" ? [{ name }] : [{ name }, ...letters(rest, isValued, next)];
}

function isHelp({ name, value }: Flag): boolean {
  return (name === "h" || name === "help") && value === undefined;
}

function valued(command: string | undefined): IsValued {
  // Elsewhere it skips the preview.
  if (command === "import") return (name) => name === "f" || flagsWithValue.has(name);
  return (name) => flagsWithValue.has(name);
}

/**
 * Every flag of the commands that change a state, hidden ones too, whose value may stand in the argument after it. The end-to-end
 * tests compare them with what the CLI says.
 */
export const flagsWithValue: ReadonlySet<string> = new Set(
  `c C m o p s t v x client color config config-file cwd dest event-log exclude exec-agent exec-kind file from
   generate-resources import-file import-pending-creates memprofilerate message otel-traces out output parallel parent
   path plan policy-pack policy-pack-config profiling properties provider replace save-plan secrets-provider source stack
   target target-replace tracing tracing-header verbose remote-agent-pool-id remote-env remote-env-secret
   remote-executor-image remote-executor-image-password remote-executor-image-username remote-git-auth-access-token
   remote-git-auth-password remote-git-auth-ssh-private-key remote-git-auth-ssh-private-key-path
   remote-git-auth-username remote-git-branch remote-git-commit remote-git-repo-dir remote-pre-run-command`.split(
    /\s+/,
  ),
);
