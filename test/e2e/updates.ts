import { afterEach, expect, test } from "@jest/globals";
import { type Outcome, succeeded } from "./checkout.ts";
import { startLoad } from "./load.ts";
import type { Scene } from "./scene.ts";

export function updates(scene: () => Scene): void {
  let undo: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await undo?.();
    undo = undefined;
  });

  test("a blue-green update of order under steady load loses no request", async () => {
    const blue = await activeVersions(scene(), "order");
    const { served, outcome } = await underLoad(scene(), "order", async () => {
      undo = await scene().checkout.configure("order", { SERVICE_VERSION: "green" });
      return up(scene());
    });
    succeeded(outcome);
    expect(served.failures).toEqual([]);
    expect(served.sent).toBeGreaterThan(100);
    expect([...served.versions.keys()]).toContain("green");
    expect(await activeVersions(scene(), "order")).not.toEqual(blue);
  });

  test("the way back is as smooth", async () => {
    const { served, outcome } = await underLoad(scene(), "order", () => up(scene()));
    succeeded(outcome);
    expect(served.failures).toEqual([]);
  });

  test("a rolling update of payment under steady load loses no request", async () => {
    const { served, outcome } = await underLoad(scene(), "payment", async () => {
      undo = await scene().checkout.configure("payment", { SERVICE_VERSION: "next" });
      return up(scene());
    });
    succeeded(outcome);
    expect(served.failures).toEqual([]);
    expect(served.sent).toBeGreaterThan(100);
  });

  test("a version that fails its smoke test never gets traffic", async () => {
    const blue = await activeVersions(scene(), "order");
    const { served, outcome } = await underLoad(scene(), "order", async () => {
      undo = await scene().checkout.configure("order", {
        FAULT: "status=500 path=/orders",
        SERVICE_VERSION: "faulty",
      });
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(words(outcome)).toContain("request-2 Failed");
    expect(words(outcome)).toContain("HTTP/1.1 500");
    expect([...served.versions.keys()]).not.toContain("faulty");
    expect(served.failures).toEqual([]);
    expect(await activeVersions(scene(), "order")).toEqual(blue);
  });

  test.each([
    // Its migration is the first to want the new image.
    ["order", /pod order-migration-[0-9a-f]+-[a-z0-9]{5}\b/],
    ["notification", /pod notification-[0-9a-f]+-[a-z0-9]{5}\b/],
  ])("an image of %s that does not exist fails the update, and the old version serves on", async (service, pod) => {
    const { served, outcome } = await underLoad(scene(), service, async () => {
      undo = await scene().checkout.edit("stacks/images.dev.json", (text) =>
        text.replace(new RegExp(`("pressurevalve.local/${service}):[^"]*"`), '$1:absent"'),
      );
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(words(outcome)).toMatch(pod);
    expect(words(outcome)).toMatch(/ImagePullBackOff|ErrImagePull/);
    expect(served.failures).toEqual([]);
  });

  test.each([
    ["order", "the Rollout"],
    ["payment", "the Deployment"],
  ])("a version of %s that crashes fails %s with the pod's own last words", async (service) => {
    const { served, outcome } = await underLoad(scene(), service, async () => {
      undo = await scene().checkout.configure(service, { FAULT: "crash=serve", SERVICE_VERSION: "crashing" });
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(words(outcome)).toMatch(new RegExp(`pod ${service}-[0-9a-f]+-[a-z0-9]{5}\\b`));
    expect(words(outcome)).toMatch(new RegExp(`last lines of ${service}:\n.*crash=serve`));
    expect(served.failures).toEqual([]);
    expect([...served.versions.keys()]).not.toContain("crashing");
  });

  test("the next good version heals what failed", async () => {
    succeeded(await up(scene()));
    succeeded(await scene().checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
  });
}

function words({ stdout, stderr }: Outcome): string {
  return stdout + stderr;
}

function up({ checkout }: Scene) {
  return checkout.run("npx", "pulumi", "up", "-s", "dev", "--yes", "--skip-preview", "--non-interactive");
}

/** Does something while requests come in at a steady rate. */
async function underLoad<Value>({ cluster }: Scene, service: string, action: () => Promise<Value>) {
  const url = `${await cluster.url(`dev-${service}`, service)}/${service}s`;
  const load = startLoad(url, { perSecond: 10, body: { note: "load" } });
  try {
    const outcome = await action();
    return { outcome, served: await load.stop() };
  } finally {
    await load.stop();
  }
}

/** The ReplicaSets whose pods the active Service sends traffic to; how many pods is for the autoscaler to say. */
async function activeVersions({ cluster }: Scene, service: string): Promise<string[]> {
  const { items } = await cluster.get<{ items: { endpoints?: { targetRef?: { name: string } }[] }[] }>(
    ...["endpointslices", "-n", `dev-${service}`, "-l", `kubernetes.io/service-name=${service}`],
  );
  const pods = items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .map(({ targetRef }) => targetRef?.name ?? "");
  return [...new Set(pods.map((pod) => pod.replace(/-[^-]+$/, "")))].sort();
}
