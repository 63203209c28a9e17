import { afterEach, expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import { startLoad } from "./load.ts";
import type { Scene } from "./scene.ts";

interface Pod {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
}

export function updates(scene: () => Scene): void {
  let undo: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await undo?.();
    undo = undefined;
  });

  test("a blue-green update of order under steady load loses no request", async () => {
    const before = await podsOf(scene(), "order");
    const { served, outcome } = await underLoad(scene(), "order", async () => {
      undo = await scene().checkout.configure("order", "RELEASE", "green");
      return up(scene());
    });
    succeeded(outcome);
    expect(served.failures).toEqual([]);
    expect(served.sent).toBeGreaterThan(100);
    expect(await activePods(scene(), "order")).not.toEqual(expect.arrayContaining(before));
  });

  test("the way back is as smooth", async () => {
    const { served, outcome } = await underLoad(scene(), "order", () => up(scene()));
    succeeded(outcome);
    expect(served.failures).toEqual([]);
  });

  test("a rolling update of payment under steady load loses no request", async () => {
    const { served, outcome } = await underLoad(scene(), "payment", async () => {
      undo = await scene().checkout.configure("payment", "RELEASE", "next");
      return up(scene());
    });
    succeeded(outcome);
    expect(served.failures).toEqual([]);
    expect(served.sent).toBeGreaterThan(100);
  });

  test("a version that fails its smoke test never gets traffic", async () => {
    const blue = await activePods(scene(), "order");
    const { served, outcome } = await underLoad(scene(), "order", async () => {
      undo = await scene().checkout.configure("order", "FAULT", "status=500 path=/orders");
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout + outcome.stderr).toMatch(/order.*smoke-test|request-2/s);
    expect(served.failures).toEqual([]);
    expect(await activePods(scene(), "order")).toEqual(blue);
  });

  test.each([
    "order",
    "payment",
  ])("an image of %s that does not exist fails the update, and the old version serves on", async (service) => {
    const { served, outcome } = await underLoad(scene(), service, async () => {
      undo = await scene().checkout.edit("stacks/images.dev.json", (text) =>
        text.replace(new RegExp(`("pressurevalve.local/${service}):[^"]*"`), '$1:absent"'),
      );
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout + outcome.stderr).toMatch(new RegExp(`${service}-[a-z0-9]+-[a-z0-9]+`));
    expect(outcome.stdout + outcome.stderr).toMatch(/ImagePullBackOff|ErrImagePull/);
    expect(served.failures).toEqual([]);
  });

  test.each([
    "order",
    "payment",
  ])("a version of %s that crashes fails the update with its own last words", async (service) => {
    const { served, outcome } = await underLoad(scene(), service, async () => {
      undo = await scene().checkout.configure(service, "FAULT", "crash=serve");
      return up(scene());
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout + outcome.stderr).toMatch(new RegExp(`${service}-[a-z0-9]+-[a-z0-9]+`));
    expect(outcome.stdout + outcome.stderr).toContain("crash=serve");
    expect(served.failures).toEqual([]);
  });

  test("the next good version heals what failed", async () => {
    succeeded(await up(scene()));
    succeeded(await scene().checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
  });
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

async function podsOf({ cluster }: Scene, service: string): Promise<string[]> {
  const selector = `app.kubernetes.io/name=${service},app.kubernetes.io/component=service`;
  const { items } = await cluster.get<{ items: Pod[] }>("pods", "-n", `dev-${service}`, "-l", selector);
  return items.map(({ metadata }) => metadata.name).sort();
}

/** The pods that the active Service sends traffic to. */
async function activePods({ cluster }: Scene, service: string): Promise<string[]> {
  const { items } = await cluster.get<{ items: { endpoints?: { targetRef?: { name: string } }[] }[] }>(
    ...["endpointslices", "-n", `dev-${service}`, "-l", `kubernetes.io/service-name=${service}`],
  );
  return items
    .flatMap(({ endpoints = [] }) => endpoints.map(({ targetRef }) => targetRef?.name ?? ""))
    .sort();
}
