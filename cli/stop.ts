import { Command } from "commander";
import { stopSteps } from "../tools/cluster/index.ts";
import { runSteps } from "../tools/step.ts";

/** Stops the local cluster; its data stay for the next start. */
export function stopCommand(): Command {
  return new Command("stop")
    .description("stop the local cluster; nothing is left running")
    .action(() => runSteps(stopSteps()));
}
