// Prints the sum of what jest counted in both runs; a run without results counts as a failure.
import { existsSync, readFileSync } from "node:fs";

const runs = ["fast", "e2e"].map((project) => `.local/results/${project}.json`);
const results = runs.map((path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined));
for (const [index, result] of results.entries())
  if (!result) console.error(`${runs[index]} is missing: its run did not end`);

const passed = results.reduce((sum, result) => sum + (result?.numPassedTests ?? 0), 0);
const failed = results.reduce(
  (sum, result) => sum + (result ? result.numFailedTests + result.numRuntimeErrorTestSuites : 1),
  0,
);
console.log(`tests: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
