/**
 * Ends the program when the engine that reads its output is gone, as after a `kill -9` of the CLI. Pulumi's SDK would
 * log the broken pipe into the broken pipe, for ever, and fill the memory with what cannot be written.
 */
export function endWithTheEngine(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => process.exit(1));
}
