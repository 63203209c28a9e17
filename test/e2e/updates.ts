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
    const { served, outcome } = await underLoad(scene(), async () => {
      undo = await scene().checkout.configure("order", { SERVICE_VERSION: "green" });
      return up(scene());
    });
    succeeded(outcome);
    expect(served.failures).toEqual([]);
    expect(served.sent).toBeGreaterThan(100);
    expect([...served.versions.keys()]).toContain("order green");
    expect(await activeVersions(scene(), "order")).not.toEqual(blue);
  });

  test("the way back is as smooth", async () => {
    const { served, outcome } = await underLoad(scene(), () => up(scene()));
    succeeded(outcome);
    expect(served.failures).toEqual([]);
  });

  test("a rolling update of payment under steady load loses no request", async () => {
    const { served, outcome } = await underLoad(scene(), async () => {
      undo = await scene().checkout.configure("payment", { SERVICE_VERSION: "next" });
      return up(scene());
    });
    succeeded(outcome);
    expect(served.failures).toEqual([]);
    expect(served.sent).toBeGreaterThan(100);
    expect([...served.versions.keys()]).toContain("payment next");
  });

  test("a version that fails its smoke test never gets traffic", async () => {
    const blue = await activeVersions(scene(), "order");
    const { served, outcome } = await underLoad(scene(), async () => {
      undo = await scene().checkout.configure("order", {
        FAULT: "status=500 path=/orders",
        SERVICE_VERSION: "faulty",
      });
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(words(outcome)).toContain("request-2 Failed");
    expect(words(outcome)).toContain("HTTP/1.1 500");
    expect([...served.versions.keys()]).not.toContain("order faulty");
    expect(served.failures).toEqual([]);
    expect(await activeVersions(scene(), "order")).toEqual(blue);
  });

  test("what cannot run fails the update, each with its pod and its own words, and the old versions serve on", async () => {
    const { checkout } = scene();
    // As short as the startup probes allow; nothing of a pod changes by it.
    const edits = [
      await checkout.edit("stacks/environments.ts", (text) =>
        text.replace(/progressDeadline: Duration\.seconds\(\d+\)/, "progressDeadline: Duration.seconds(61)"),
      ),
      await checkout.edit("stacks/images.dev.json", (text) =>
        text.replace(/("pressurevalve.local\/(?:inventory|notification)):[^"]*"/g, '$1:absent"'),
      ),
      await checkout.configure("order", { FAULT: "crash=serve", SERVICE_VERSION: "crashing" }),
      await checkout.configure("payment", { FAULT: "crash=serve", SERVICE_VERSION: "crashing" }),
    ];
    undo = async () => void (await Promise.all(edits.map((back) => back())));
    const { served, outcome } = await underLoad(scene(), () => up(scene()));
    expect(outcome.exitCode).not.toBe(0);
    // The migration is the first to want the new image; the Rollout and the Deployments fail each in its own way.
    expect(words(outcome)).toMatch(/pod inventory-migration-[0-9a-f]+-[a-z0-9]{5}\b/);
    expect(words(outcome)).toMatch(/pod notification-[0-9a-f]+-[a-z0-9]{5}\b/);
    expect(words(outcome).match(/ImagePullBackOff|ErrImagePull/g)?.length).toBeGreaterThanOrEqual(2);
    for (const service of ["order", "payment"]) {
      expect(words(outcome)).toMatch(new RegExp(`pod ${service}-[0-9a-f]+-[a-z0-9]{5}\\b`));
      expect(words(outcome)).toMatch(new RegExp(`last lines of ${service}:\n.*crash=serve`));
    }
    expect(served.failures).toEqual([]);
    for (const service of ["order", "payment"])
      expect([...served.versions.keys()]).not.toContain(`${service} crashing`);
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

/** Does something while orders come in at a steady rate, which go through the gateway and every service but rental. */
async function underLoad<Value>({ cluster }: Scene, action: () => Promise<Value>) {
  const load = startLoad(`${await cluster.gateway()}/orders`, { perSecond: 10, body: { note: "load" } });
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
