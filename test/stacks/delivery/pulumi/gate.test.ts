import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";

function manifest(wave: number, kind: string, name: string): Manifest {
  const annotations = { "argocd.argoproj.io/sync-wave": `${wave}` };
  return { apiVersion: "batch/v1", kind, metadata: { name, namespace: "dev", annotations } };
}

function service(name: string) {
  const manifests = [manifest(3, "Job", `${name}-migration`), manifest(4, "Deployment", name)];
  return { name, namespace: "dev", owner: "checkout", manifests, secrets: [] };
}

test("a Job that fails keeps the workload behind it from being registered, and fails its service alone", async () => {
  const registered: string[] = [];
  const paymentRegistered = Promise.withResolvers<void>();
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push(name);
      if (name === "deployment/dev/payment") paymentRegistered.resolve();
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  const { deploy } = await import("../../../../stacks/delivery/pulumi/service.ts");
  const [order, payment] = deploy([service("order"), service("payment")], async ({ manifest }) => {
    if (manifest.metadata.name === "order-migration") throw new Error("order: the migration failed");
  });
  await expect(order?.ready()).rejects.toThrow("order: the migration failed");
  await expect(payment?.ready()).resolves.toBeUndefined();
  await paymentRegistered.promise;
  expect(registered).not.toContain("deployment/dev/order");
});
