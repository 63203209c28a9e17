import { mkdirSync, writeFileSync } from "node:fs";

/**
 * Keeps what Jest counted in a run of one project in .local/results/<project>.json. Jest's own --json holds whatever a
 * failing test compared as well, and is lost where that is more than a text can hold.
 */
export default class {
  onRunComplete(contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const [context, ...others] = contexts;
    if (others.length > 0) throw new Error("several projects at once; give --selectProjects one of them");
    const counts = { numPassedTests, numFailedTests, numRuntimeErrorTestSuites };
    mkdirSync(".local/results", { recursive: true });
    writeFileSync(`.local/results/${context.config.displayName.name}.json`, JSON.stringify(counts));
  }
}
