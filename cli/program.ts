import { Command, type CommanderError } from "commander";
import { didYouMean } from "../constructs/model/problem.ts";
import { Fault } from "../tools/fault.ts";
import { type CommandEntry, commands } from "./commands.ts";
import { version } from "./version.ts";

/**
 * The program, with the command that the words ask for loaded and the others by name only.
 * @throws Fault (exit code 1) where there is no such command
 */
export async function programFor(words: readonly string[]): Promise<Command> {
  const [wanted] = withHelpAsked(words);
  if (wanted !== undefined && !wanted.startsWith("-") && wanted !== "help") expectCommand(wanted);
  const root = new Command("pressurevalve")
    .description("From service descriptions to a running platform.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command...]", helpWords)
    .addHelpText("after", `\n${exitCodes()}`);
  for (const [name, entry] of Object.entries(commands)) {
    const command = name === wanted ? await entry.load() : new Command(name);
    explaining(command.summary(entry.summary), entry, name);
    root.addCommand(command, { hidden: entry.hidden === true });
  }
  throwing(root);
  return root;
}

function expectCommand(name: string): void {
  if (Object.hasOwn(commands, name)) return;
  const all = Object.keys(commands).filter((known) => !commands[known]?.hidden);
  throw new Fault(`command ${name} is unknown; ${didYouMean(name, all, `there are ${all.join(", ")}`)}`, 1);
}

const helpWords = "show help of a command, with examples";

/** Each command shows its own examples; one of several commands shows all of theirs. */
function explaining(command: Command, entry: CommandEntry, path: string): void {
  command.helpOption("-h, --help", "show help").addHelpText("after", footer(entry, path));
  if (command.commands.length > 0) command.helpCommand("help [command]", helpWords);
  for (const below of command.commands) explaining(below, entry, `${path} ${below.name()}`);
}

function footer({ examples, exitCodes: special }: CommandEntry, path: string): string {
  const own = examples.filter(([words]) => `${words} `.startsWith(`${path} `));
  const lines = own.flatMap(([words, what]) => [`  # ${what}`, `  pressurevalve ${words}`]);
  return ["", "Examples:", ...lines, "", exitCodes(special)].join("\n");
}

function exitCodes(special?: string): string {
  return [
    "Exit codes: 0 done, 1 the input is wrong, 2 a check failed, 3 the environment (a cluster, a tool) is missing,",
    `130 interrupted${special === undefined ? "" : `; ${special}`}.`,
  ].join("\n");
}

/** Errors come to whoever runs the program, and say nothing by themselves; subcommands take no settings over. */
function throwing(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => {} });
  for (const below of command.commands) throwing(below);
}

/** The words that are asked, where help is: `help policy check` is `policy check --help`. */
export function withHelpAsked(words: readonly string[]): readonly string[] {
  const [first, ...topic] = words;
  return first === "help" && topic.length > 0 ? [...topic, "--help"] : words;
}

/** What is wrong with a command line, in words of ours. */
export function usageFault({ code, message }: CommanderError, words: readonly string[]): Fault {
  const [first = "", hint = ""] = message.replace(/^error: /, "").split("\n");
  const { what, value, choices } =
    outsideChoices.exec(first)?.groups ?? outsideOption.exec(first)?.groups ?? {};
  if (choices !== undefined) return new Fault(`${what} ${value} is unknown; there are ${choices}`, 1);
  const meant = /^\(Did you mean (one of )?(.+)\?\)$/.exec(hint)?.[2];
  const remedy = meant
    ? `did you mean ${meant.replace(", ", " or ")}?`
    : `see ${["pressurevalve help", ...helpTopic(words)].join(" ")}`;
  return new Fault(`${(rewordings[code] ?? unquoted)(first)}; ${remedy}`, 1);
}

const outsideChoices =
  /value '(?<value>.*)' is invalid for argument '(?<what>.*)'\. Allowed choices are (?<choices>.*)\.$/;
const outsideOption =
  /option '--(?<what>[\w-]+).*' argument '(?<value>.*)' is invalid\. Allowed choices are (?<choices>.*)\.$/;

function helpTopic([name]: readonly string[]): string[] {
  return name !== undefined && Object.hasOwn(commands, name) ? [name] : [];
}

const rewordings: Record<string, (message: string) => string> = {
  "commander.unknownOption": (message) => `option ${quoted(message)} is unknown`,
  "commander.unknownCommand": (message) => `command ${quoted(message)} is unknown`,
  "commander.missingArgument": (message) => `argument ${quoted(message)} is missing`,
  "commander.excessArguments": (message) => message.replace(excess, ": $1").replaceAll("'", ""),
  "commander.optionMissingArgument": (message) => `option ${quoted(message)} wants a value`,
};

const excess = /\. Expected \d+ arguments? but got \d+: (.*)\.$/;

function quoted(message: string): string {
  return /'([^']*)'/.exec(message)?.[1] ?? message;
}

function unquoted(message: string): string {
  return message.replaceAll("'", "").replace(/\.$/, "");
}
