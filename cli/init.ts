import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { kitTarball } from "../tools/kit-tarball.ts";
import { asksForKit, expectNames, type Names, starterFiles, writeStarter } from "../tools/starter.ts";

interface InitOptions {
  readonly name?: string;
  readonly service?: string;
  readonly yes?: true;
}

/** `pressurevalve init [folder]`: a shop of one service. */
export function initCommand(): Command {
  return new Command("init")
    .description("make a shop of one service: descriptions, environments, stacks and a workflow for CI")
    .argument("[folder]", "where to; it may hold files that are not in the way", ".")
    .option("--name <name>", "name of the shop (that of the folder when left out)")
    .option("--service <name>", "name of its first service (catalogue when left out)")
    .option("-y, --yes", "ask nothing")
    .action(init);
}

async function init(path: string, options: InitOptions): Promise<void> {
  const folder = resolve(path);
  const names = await namesOf(folder, options);
  expectNames(names);
  const present = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
  const files = await starterFiles(names, present);
  await writeStarter(folder, files);
  for (const { path: file } of files) console.error(file);
  console.error(
    `\n${names.shop} is made; staging and production want images of yours (stacks/images.*.json). Next:`,
  );
  const there = relative(process.cwd(), folder);
  const steps = [
    ...(there === "" ? [] : [`cd ${quoted(there)}`]),
    ...((await asksForKit(files)) ? await installation(folder) : ["npm install"]),
    "npm test",
    "npm start",
  ];
  console.log(steps.join("\n"));
}

/** A kit that came from no registry is not looked for in one. */
async function installation(folder: string): Promise<string[]> {
  const tarball = await kitTarball();
  if (tarball === undefined) return ["npm install"];
  const { path, sources } = tarball;
  const isToBePacked = sources !== undefined && !existsSync(path);
  return [
    ...(isToBePacked ? [`npm --prefix ${quoted(sources)} run package`] : []),
    `npm install ${quoted(relative(folder, path))}`,
  ];
}

/** As a shell takes it for one word, and `cd` for no option. */
function quoted(path: string): string {
  const named = path.startsWith("-") ? `./${path}` : path;
  return /^[\w./-]+$/.test(named) ? named : `'${named.replaceAll("'", `'\\''`)}'`;
}

/** What was not said is asked for at a terminal, and else takes its default. */
async function namesOf(folder: string, { name, service, yes }: InitOptions): Promise<Names> {
  const mayAsk = process.stdin.isTTY && process.stderr.isTTY && !yes;
  const ask = mayAsk ? question : async (_: string, otherwise: string) => otherwise;
  return {
    shop: name ?? (await ask("name of the shop", basename(folder))),
    service: service ?? (await ask("name of its first service", "catalogue")),
  };
}

async function question(words: string, otherwise: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${words} (${otherwise}): `)).trim() || otherwise;
  } finally {
    terminal.close();
  }
}
