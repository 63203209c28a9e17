import { expect, test } from "@jest/globals";
import { adoptPendingCreates, isBeingDeleted } from "../../../tools/pulumi/adoption.ts";
import type { Resource } from "../../../tools/pulumi/state.ts";

function resource(kind: string, name: string, more: object = {}): Resource {
  const metadata = { name, namespace: "dev-order" };
  return {
    urn: `urn:pulumi:dev::shop::kubernetes:apps/v1:${kind}::${name}`,
    type: `kubernetes:apps/v1:${kind}`,
    custom: true,
    inputs: { apiVersion: "apps/v1", kind, metadata },
    ...more,
  };
}

const creating = (about: Resource) => ({ type: "creating", resource: about });

test("what was being created counts as created, by the id and the outputs that the provider gives", () => {
  const order = resource("Deployment", "order");
  const payment = resource("Deployment", "payment", { id: "dev-payment/payment" });
  const { resources, ...rest } = adoptPendingCreates({
    resources: [payment],
    pending_operations: [creating(order)],
  });
  expect(resources).toEqual([
    payment,
    {
      ...order,
      id: "dev-order/order",
      outputs: { ...order.inputs, __initialApiVersion: "apps/v1", __inputs: order.inputs },
    },
  ]);
  expect(rest).toEqual({});
});

test("an object without a namespace has its name for an id", () => {
  const inputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "dev-order" } };
  const namespace = resource("Namespace", "dev-order", { inputs });
  const { resources } = adoptPendingCreates({ pending_operations: [creating(namespace)] });
  expect(resources).toMatchObject([{ id: "dev-order" }]);
});

test("the parts of Pulumi itself, and all that was not being created, are left to Pulumi", () => {
  const service = { urn: "urn:a", type: "pressurevalve:index:Service" };
  const provider = { urn: "urn:b", type: "pulumi:providers:kubernetes", custom: true };
  const order = resource("Deployment", "order");
  const { resources } = adoptPendingCreates({
    resources: [],
    pending_operations: [
      creating(service),
      creating(provider),
      { type: "updating", resource: order },
      { type: "deleting", resource: order },
    ],
  });
  expect(resources).toEqual([]);
});

test("what is in the state stays as it is, and is there once", () => {
  const order = resource("Deployment", "order", { id: "dev-order/order", outputs: { kept: true } });
  const pending = [creating(resource("Deployment", "order")), creating(resource("Deployment", "order"))];
  expect(adoptPendingCreates({ resources: [order], pending_operations: pending }).resources).toEqual([order]);
});

test("two runs that were killed over the same object adopt it once", () => {
  const pending = [creating(resource("Deployment", "order")), creating(resource("Deployment", "order"))];
  expect(adoptPendingCreates({ pending_operations: pending }).resources).toHaveLength(1);
});

test("a replacement takes the place of what was deleted for it, before its dependents", () => {
  const deleted = resource("StatefulSet", "order", { id: "dev-order/order", pendingReplacement: true });
  const dependent = resource("Deployment", "order");
  const { resources } = adoptPendingCreates({
    resources: [deleted, dependent],
    pending_operations: [creating(resource("StatefulSet", "order"))],
  });
  expect(resources).toHaveLength(2);
  expect(resources?.[0]).not.toHaveProperty("pendingReplacement");
  expect(resources?.[1]).toBe(dependent);
});

test("an older one that waits for its deletion stays beside the new one", () => {
  const older = resource("Deployment", "order", { id: "dev-order/order", delete: true });
  const { resources } = adoptPendingCreates({
    resources: [older],
    pending_operations: [creating(resource("Deployment", "order"))],
  });
  expect(resources).toHaveLength(2);
});

test("an object is being deleted once the cluster says when", () => {
  const leaving = { metadata: { deletionTimestamp: "2026-11-21T12:00:00Z" } };
  expect(isBeingDeleted(resource("Namespace", "dev-order", { outputs: leaving }))).toBe(true);
  expect(isBeingDeleted(resource("Namespace", "dev-order", { outputs: { metadata: {} } }))).toBe(false);
  expect(isBeingDeleted(resource("Namespace", "dev-order"))).toBe(false);
});
