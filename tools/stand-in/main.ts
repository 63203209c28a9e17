import { Fault } from "../fault.ts";
import { sendFaults } from "./admin.ts";
import { ask } from "./ask.ts";
import { type Description, describe } from "./description.ts";
import { logAs, warn } from "./log.ts";
import { runJob, runMigration } from "./maintenance.ts";
import { serve } from "./serve.ts";

type Command = (description: Description, words: readonly string[]) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  migrate: runMigration,
  job: (description, [name]) => runJob(description, name),
  fault: ({ adminPort }, words) => sendFaults(adminPort, words.join(" ")),
  ask: (_, words) => ask(words),
};

async function main([name = "serve", ...words]: readonly string[]): Promise<void> {
  const command = COMMANDS[name];
  if (command === undefined) {
    throw new Fault(`there is no command ${name}; there are ${Object.keys(COMMANDS).join(", ")}`, 1);
  }
  const description = describe(process.env);
  logAs(description);
  if (description.faults.crash === name) {
    throw new Fault(`fault crash=${name}: told to crash at start`, 1);
  }
  await command(description, words);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  warn("the stand-in ends", error);
  // At once, for requests that outlast the drain would keep the process alive.
  process.exit(error instanceof Fault ? error.exitCode : 1);
}
