import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import { fixed, prefix, type SmallShop } from "./faults-pulumi-shop.ts";
import type { Scene } from "./scene.ts";

export function changesInPlace(scene: () => Scene, small: () => SmallShop): void {
  let shop: SmallShop;
  const namespace = `${prefix}kite`;

  beforeAll(() => {
    shop = small();
  });

  // A migration's Job is kept until its namespace goes, and would be a fault to the chapters that follow.
  afterAll(async () => {
    succeeded(await shop.pulumi("destroy", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"));
  });

  test("a namespace that somebody else has made is refused, and taken once it is handed over", async () => {
    const { cluster } = scene();
    await cluster.kubectl("create", "namespace", namespace);
    const { exitCode, stderr } = await shop.start();
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`namespace ${namespace} exists and is not PressureValve's`);
    const [, handOver] = /: kubectl (label namespace .*)$/m.exec(stderr) ?? [];
    await cluster.kubectl(...(handOver ?? "").split(" "));
    succeeded(await shop.start());
    expect(await shop.faults()).toEqual([]);
  });

  test("a workload of fixed size keeps its replicas when an autoscaler takes over", async () => {
    await shop.describe({ kite: 'scaling: { kind: "fixed", replicas: 2 }' });
    succeeded(await shop.start());
    await shop.describe({ kite: 'scaling: { kind: "autoscaled", min: 1, max: 4 }' });
    succeeded(await shop.start());
    expect(await replicas(scene())).toBe(2);
    expect(await shop.faults()).toEqual([]);
  });

  test("a fixed size is taken over from an autoscaler that has written another", async () => {
    // Through the subresource, as the autoscaler does it.
    await scene().cluster.kubectl("scale", "deployment", "kite", "-n", namespace, "--replicas=3");
    await shop.describe({ kite: 'scaling: { kind: "fixed", replicas: 1 }' });
    succeeded(await shop.start());
    expect(await replicas(scene())).toBe(1);
    expect(await shop.faults()).toEqual([]);
    succeeded(await shop.pulumi("refresh", "-s", "dev", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  test("a Deployment is not made a Rollout in its place", async () => {
    await shop.describe({
      kite: `${fixed}, rollout: { kind: "blue-green", smokeTest: [get("/health/ready")] }`,
    });
    const { exitCode, stderr } = await shop.start();
    expect(exitCode).toBe(2);
    expect(stderr).toContain("kite: it runs as a Deployment, and its rollout makes it a Rollout");
    expect(await scene().cluster.kubectl("get", "rollouts", "-n", namespace, "-o", "name")).toBe("");
  });

  test("a migration that failed is tried again by the next start, unchanged as it is", async () => {
    const { cluster } = scene();
    // One for the pod that runs, one for the database; none is left for the migration.
    const quota = { name: "two-pods", namespace };
    const spec = { hard: { pods: "2" } };
    await cluster.apply([{ apiVersion: "v1", kind: "ResourceQuota", metadata: quota, spec }]);
    const deadline = 'migrations: { args: ["migrate"], deadline: Duration.seconds(20) }';
    await shop.describe({ kite: `${fixed}, database: postgres({ ${deadline} })` });
    const { exitCode, stderr } = await shop.start();
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Job kite-migration-[0-9a-f]+ is not ready: DeadlineExceeded/);
    const failed = await migration(scene());
    await cluster.kubectl("delete", "resourcequota", quota.name, "-n", namespace);
    succeeded(await shop.start());
    const done = await migration(scene());
    expect(done.metadata.name).toBe(failed.metadata.name);
    expect(done.metadata.uid).not.toBe(failed.metadata.uid);
    expect(done.status.succeeded).toBe(1);
    expect(await shop.faults()).toEqual([]);
  });
}

async function replicas({ cluster }: Scene): Promise<number> {
  const { spec } = await cluster.get<{ spec: { replicas: number } }>(
    ...["deployment", "kite", "-n", `${prefix}kite`],
  );
  return spec.replicas;
}

interface Migration {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly succeeded?: number };
}

async function migration({ cluster }: Scene): Promise<Migration> {
  const { items } = await cluster.get<{ items: Migration[] }>("jobs", "-n", `${prefix}kite`);
  expect(items).toHaveLength(1);
  return items[0] as Migration;
}
