import type { Answer } from "./answer.ts";
import { Problem } from "./problem.ts";
import type { Service } from "./service.ts";

const PREFIX = "/health/";

export function isProbe(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** @throws Problem 503 when the probe fails, 404 when there is no such probe. */
export async function answerProbe(service: Service, path: string): Promise<Answer> {
  switch (path.slice(PREFIX.length)) {
    // Neither asks the database: a restart would not bring it back.
    case "startup":
    case "live":
      return { status: 200, body: { status: "up" } };
    case "ready":
      await checkReady(service);
      return { status: 200, body: { status: "ready" } };
    default:
      throw new Problem(404, "Not Found", `${path} is no probe; there are startup, ready and live`);
  }
}

async function checkReady({ isDraining, store }: Service): Promise<void> {
  if (isDraining) {
    throw new Problem(503, "Service Unavailable", "the service is stopping");
  }
  await store.check();
}
