import { Command, CommanderError } from "commander";
import { report } from "../tools/report.ts";

// Loaded when asked for, so that synth does not wait for Pulumi or a cluster client.
const subcommands: Record<string, () => Promise<Command>> = {
  start: async () => (await import("./start.ts")).startCommand(),
  stop: async () => (await import("./stop.ts")).stopCommand(),
  synth: async () => (await import("./synth.ts")).synthCommand(),
  deploy: async () => (await import("./deploy.ts")).deployCommand(),
  diff: async () => (await import("./diff.ts")).diffCommand(),
  cluster: async () => (await import("./cluster.ts")).clusterCommand(),
};

async function program(name: string | undefined): Promise<Command> {
  const named = subcommands[name ?? ""];
  const known = named ? [named] : Object.values(subcommands);
  const root = new Command("pressurevalve")
    .description("from service descriptions to a running platform")
    .exitOverride();
  for (const make of known) root.addCommand((await make()).copyInheritedSettings(root));
  return root;
}

try {
  await (await program(process.argv[2])).parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? Math.min(error.exitCode, 1) : report(error);
}
