import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import { startLoad } from "./load.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

export function scaling(scene: () => Scene): void {
  test("order scales out under load and in again, and Pulumi does not argue", async () => {
    const { checkout, cluster } = scene();
    const undo = await checkout.configure("order", { CAPACITY_KIND: "cpu" });
    succeeded(
      await checkout.run("npx", "pulumi", "up", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"),
    );
    await until(
      "one replica to begin with",
      () => replicas(scene()),
      (count) => count === 1,
    );
    const load = startLoad(`${await cluster.gateway()}/orders`, { perSecond: 30 });
    try {
      await until(
        "more replicas under load",
        () => replicas(scene()),
        (count) => count >= 2,
      );
      succeeded(await checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
    } finally {
      await load.stop();
    }
    expect(
      await until(
        "one replica again",
        () => replicas(scene()),
        (count) => count === 1,
        8,
      ),
    ).toBe(1);
    await undo();
    succeeded(
      await checkout.run("npx", "pulumi", "up", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"),
    );
  });
}

async function replicas({ cluster }: Scene): Promise<number> {
  const { status } = await cluster.get<{ status: { readyReplicas?: number } }>(
    "rollout",
    "-n",
    "dev-order",
    "order",
  );
  return status.readyReplicas ?? 0;
}
