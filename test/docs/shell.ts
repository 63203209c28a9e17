import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { type Block, blocks, root } from "./markdown.ts";

/** A line that a page tells its reader to type. */
interface Line {
  readonly at: string;
  readonly command: string;
  /** What the page shows as its output, or nothing. */
  readonly output: string | undefined;
  /** With what it ends, 0 where the page does not say so. */
  readonly exitCode: number;
}

/** Every command of every page; the output that is shown belongs to the last command above it. */
export function shellLines(): readonly Line[] {
  const all = blocks("sh", "text");
  return all.flatMap((block, index) => {
    if (block.language !== "sh") return [];
    const commands = commandsOf(block);
    const next = all[index + 1];
    const shown = next?.page === block.page ? /^output(?:, exit code (\d))?$/.exec(next.mark) : null;
    return commands.map((command, at) => ({
      at: block.at,
      command,
      ...(shown && at === commands.length - 1
        ? { output: next?.text, exitCode: Number(shown[1] ?? 0) }
        : { output: undefined, exitCode: 0 }),
    }));
  });
}

function commandsOf({ text }: Block): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/(^| +)# .*$/, "").trim())
    .filter((line) => line !== "");
}

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** The arguments of the pressurevalve command in a line, whichever way it is run; nothing for other programs. */
export function kitArguments(command: string): string[] | undefined {
  const words = command.replace(/ >.*$/, "").split(" ");
  if (words[0] === "npx" && words[1] === "pressurevalve") return words.slice(2);
  if (words[0] !== "npm") return undefined;
  const [script = "", ...rest] = words.slice(1).filter((word) => !["run", "-s"].includes(word));
  const subcommand = /^node cli\/main\.ts (\w+)$/.exec(scripts[script] ?? "")?.[1];
  return subcommand === undefined ? undefined : [subcommand, ...rest.filter((word) => word !== "--")];
}

/** What commander would say against a subcommand's arguments, or nothing. */
export function parseProblem(command: Command, args: readonly string[]): string | undefined {
  const inner = command.commands.find((one) => one.name() === args[0]);
  if (inner) return parseProblem(inner, args.slice(1));
  const { operands, unknown } = command.parseOptions([...args]);
  if (unknown.length > 0) return `${command.name()} has no ${unknown.join(" ")}`;
  const declared = command.registeredArguments;
  if (operands.length > declared.length && !declared.some(({ variadic }) => variadic))
    return `${command.name()} takes no ${operands.slice(declared.length).join(" ")}`;
  const missing = declared.slice(operands.length).filter(({ required }) => required);
  return missing.length > 0
    ? `${command.name()} lacks ${missing.map((one) => one.name()).join(" ")}`
    : undefined;
}

/** Whether a program said what a page shows; `…` stands for any text. */
export function isShown(shown: string, said: string): boolean {
  const pieces = shown.split("…").map((piece) => piece.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(pieces.join("[\\s\\S]*")).test(said);
}
