import { TestEnvironment } from "jest-environment-node";

/** Tells how each test ended as it ends: Jest itself is silent until the whole run of half an hour is over. */
export default class extends TestEnvironment {
  async handleTestEvent({ name, test }) {
    if (name !== "test_done" || test.mode === "skip") return;
    const verdict = test.errors.length === 0 ? "passed" : "FAILED";
    process.stderr.write(`== ${verdict} after ${((test.duration ?? 0) / 1000).toFixed(1)} s\n`);
    for (const [error] of test.errors) process.stderr.write(`${error?.stack ?? error}\n`);
  }
}
