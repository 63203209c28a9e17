import type { Argument, Command, Option } from "commander";
import { commitsOf } from "../tools/revision.ts";
import { shopRoot } from "../tools/shop-root.ts";
import { commands } from "./commands.ts";
import { loadShop } from "./loaded-shop.ts";
import { programFor } from "./program.ts";

/** A word that may stand where the cursor is. */
interface Candidate {
  readonly value: string;
  readonly description: string;
}

/**
 * What may stand in the place of the last word, which may be empty, given those before it. Nothing where anything may
 * stand, such as a file.
 */
export async function candidates(typed: readonly string[]): Promise<readonly Candidate[]> {
  const [words, current] = cursor(typed);
  const found = await anywhere(words, current);
  return found.filter(({ value }) => value.startsWith(current));
}

/** Bash hands `--stack=prod` over as three words, and an empty value as the sign before it. */
function cursor(typed: readonly string[]): [words: string[], current: string] {
  const words = typed.slice(0, -1).filter((word) => word !== "=");
  const current = typed.at(-1) ?? "";
  return [words, current === "=" ? "" : current];
}

async function anywhere(words: readonly string[], current: string): Promise<readonly Candidate[]> {
  const [name] = words;
  if (name === undefined) return current.startsWith("-") ? optionsOf(await programFor([]), []) : names();
  if (name === "help") return topics(words.slice(1));
  if (!Object.hasOwn(commands, name)) return [];
  return within(await programFor(words), words, current);
}

async function topics(words: readonly string[]): Promise<readonly Candidate[]> {
  const [name] = words;
  if (name === undefined) return names();
  if (words.length > 1 || !Object.hasOwn(commands, name)) return [];
  const command = (await programFor(words)).commands.find((candidate) => candidate.name() === name);
  return command?.commands.map(asCandidate) ?? [];
}

function names(): Candidate[] {
  const all = Object.entries(commands).filter(([, { hidden }]) => !hidden);
  return [
    ...all.map(([value, { summary }]) => ({ value, description: summary })),
    { value: "help", description: "show help of a command, with examples" },
  ];
}

/** Within the command that the words have led to so far. */
async function within(
  command: Command,
  words: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  const [word, ...rest] = words;
  const below = command.commands.find((candidate) => candidate.name() === word);
  if (below) return within(below, rest, current);
  const { awaiting, given } = read(command, words);
  if (awaiting) return valuesOf(awaiting);
  const [flag = "", value] = current.split("=", 2);
  if (value !== undefined) return prefixed(`${flag}=`, await valuesOf(optionNamed(command, flag)));
  if (current.startsWith("-")) return optionsOf(command, words);
  if (command.commands.length > 0) return command.commands.map(asCandidate);
  const { registeredArguments: expected } = command;
  const argument = expected[given] ?? expected.findLast(({ variadic }) => variadic);
  return argument ? valuesOf(argument) : optionsOf(command, words);
}

/** How many arguments the words give, and which option waits for its value. */
function read(command: Command, words: readonly string[]): { given: number; awaiting?: Option } {
  let given = 0;
  let awaiting: Option | undefined;
  for (const word of words) {
    if (awaiting) awaiting = undefined;
    else if (word.startsWith("-")) awaiting = word.includes("=") ? undefined : takingValue(command, word);
    else given += 1;
  }
  return { given, ...(awaiting && { awaiting }) };
}

function takingValue(command: Command, flag: string): Option | undefined {
  const option = optionNamed(command, flag);
  return option?.required || option?.optional ? option : undefined;
}

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}

function optionsOf(command: Command, words: readonly string[]): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long, short }) => !words.some((word) => word === long || word === short))
    .map(({ long, short, description }) => ({ value: long ?? short ?? "", description }));
}

function asCandidate(command: Command): Candidate {
  return { value: command.name(), description: command.summary() || command.description() };
}

function prefixed(prefix: string, found: readonly Candidate[]): Candidate[] {
  return found.map(({ value, description }) => ({ value: prefix + value, description }));
}

/** The values of an argument or option, by its choices or by what its placeholder is called. */
async function valuesOf(expected: Argument | Option | undefined): Promise<readonly Candidate[]> {
  if (expected?.argChoices) return expected.argChoices.map((value) => ({ value, description: "" }));
  const name = expected && ("flags" in expected ? /[<[]([\w-]+)/.exec(expected.flags)?.[1] : expected.name());
  return (await sources[name ?? ""]?.()) ?? [];
}

const sources: Record<string, () => Promise<Candidate[]>> = {
  environment: async () =>
    Object.keys((await loadShop()).environments).map((value) => ({ value, description: "environment" })),
  service: async () =>
    (await loadShop()).services.map(({ name, description: { owner } }) => ({
      value: name,
      description: `service of ${owner}`,
    })),
  rule: async () =>
    (await (await import("../stacks/delivery/policies/shop-rules.ts")).rulesOf()).map(({ id, title }) => ({
      value: id,
      description: title,
    })),
  ref: async () => (await commitsOf(shopRoot)).map((value) => ({ value, description: "commit" })),
};
