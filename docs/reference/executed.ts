import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

/** The functions that run while an action runs, each as `<file> <name>`. */
export async function executedBy(action: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true });
  await action();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  return new Set(
    result
      .filter(({ url }) => url.startsWith("file:"))
      .flatMap(({ url, functions }) =>
        functions
          .filter(({ ranges }) => ranges.some(({ count }) => count > 0))
          .map(({ functionName }) => `${fileURLToPath(url)} ${functionName}`),
      ),
  );
}
