import { CommanderError } from "commander";
import { Fault } from "../tools/fault.ts";
import { report } from "../tools/report.ts";
import { programFor, usageFault, withHelpAsked } from "./program.ts";

// Whoever reads our output may stop when it has seen enough: `pressurevalve diff dev | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  process.exit(report(new Fault(`stdout cannot be written: ${error.message}`, 3)));
});

const words = process.argv.slice(2);
try {
  await (await programFor(words)).parseAsync(withHelpAsked(words), { from: "user" });
} catch (error) {
  process.exitCode = ended(error);
}

function ended(error: unknown): number {
  const asJson = words.includes("--json");
  if (!(error instanceof CommanderError)) return report(error, { asJson });
  // Help and the version were asked for, and printed.
  if (error.code.startsWith("commander.help") || error.code === "commander.version") return error.exitCode;
  return report(usageFault(error, words), { asJson });
}
