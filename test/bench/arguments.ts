import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { Fault } from "../../tools/fault.ts";

export const usage =
  "usage: npm run bench -- [--no-cluster] [--sizes 5,100,1000] [--rounds 5] [--folder <folder>] [--json]";

// In memory where there is such a place, so that the disk's mood is nobody's merit.
const memory = "/dev/shm";

/** What is measured, and how it is told. */
interface Arguments {
  /** Services of each generated shop. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Where the generated shops lie. */
  readonly folder: string;
  /** Whether what takes a cluster is measured as well. */
  readonly cluster: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws Fault (exit code 1) with the first argument that is wrong */
export function readArguments(args: readonly string[]): Arguments {
  const { sizes, rounds, folder, ...flags } = parsed(args);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw wrong(`--folder is ${folder}; it must be a folder that exists`);
  return {
    ...flags,
    folder,
    sizes: sizes.split(",").map((size) => count("--sizes", size)),
    rounds: count("--rounds", rounds),
  };
}

function parsed(args: readonly string[]) {
  try {
    const options = {
      cluster: { type: "boolean", default: true },
      sizes: { type: "string", default: "5,100,1000" },
      rounds: { type: "string", default: "5" },
      folder: { type: "string", default: existsSync(memory) ? memory : tmpdir() },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    } as const;
    return parseArgs({ args: [...args], options, allowNegative: true }).values;
  } catch (error) {
    throw wrong((error as Error).message.replace(/^[A-Z]/, (letter) => letter.toLowerCase()));
  }
}

function count(option: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw wrong(`${option} has ${text || "nothing"}; it must be a whole number from 1 to 99999`);
}

function wrong(words: string): Fault {
  return new Fault(`${words}\n${usage}`, 1);
}
