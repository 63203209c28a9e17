import { describe, expect, test } from "@jest/globals";
import { refuseOthers } from "../../../../cli/deploy.ts";
import { changesOf, type Step, targetsOf } from "../../../../stacks/delivery/pulumi/steps.ts";
import type { Fault } from "../../../../tools/fault.ts";

const stack = "urn:pulumi:dev::mountainpass::pulumi:pulumi:Stack::mountainpass-dev";

function component(name: string, op = "same"): Step {
  const urn = `urn:pulumi:dev::mountainpass::pressurevalve:index:Service::${name}`;
  return { op, urn, newState: { type: "pressurevalve:index:Service", parent: stack } };
}

function object(op: string, service: string, name: string): Step {
  const type = "kubernetes:apps/v1:Deployment";
  const urn = `urn:pulumi:dev::mountainpass::pressurevalve:index:Service$${type}::${name}`;
  const state = { type, parent: component(service).urn };
  return op === "delete" ? { op, urn, oldState: state } : { op, urn, newState: state };
}

function loose(op: string, type: string, name: string): Step {
  return { op, urn: `urn:pulumi:dev::mountainpass::${type}::${name}`, newState: { type, parent: stack } };
}

const root: Step = { op: "create", urn: stack, newState: { type: "pulumi:pulumi:Stack" } };
const provider = loose("create", "pulumi:providers:kubernetes", "default_4_34_2");
const services = [component("order"), component("payment")];

function nameOf(urn: string): string | undefined {
  return urn.split("::").at(-1);
}

function refusal(steps: readonly Step[]): Fault | undefined {
  try {
    refuseOthers(changesOf([...services, ...steps]), "dev", "order");
    return undefined;
  } catch (error) {
    return error as Fault;
  }
}

describe("the changes of a preview", () => {
  test("belong to the service whose component is the resource's parent", () => {
    const step = object("update", "order", "deployment/dev-order/order");
    const changes = changesOf([...services, step]);
    expect([...changes.services]).toEqual([["order", [step]]]);
  });

  test("are none where everything stays the same", () => {
    const changes = changesOf([...services, object("same", "order", "deployment/dev-order/order")]);
    expect(changes).toEqual({ services: new Map(), outside: [] });
  });

  test("of a deleted object belong to the service that had it", () => {
    const step = object("delete", "payment", "deployment/dev-payment/payment");
    expect([...changesOf([...services, step]).services.keys()]).toEqual(["payment"]);
  });

  test("of a new stack and its provider belong to nobody", () => {
    expect(changesOf([root, provider, ...services])).toEqual({ services: new Map(), outside: [] });
  });
});

describe("one service alone", () => {
  test("is deployed when nothing else changes", () => {
    expect(refusal([object("update", "order", "deployment/dev-order/order")])).toBeUndefined();
  });

  test("is targeted with its unchanged objects, which may depend on a replaced one, and with a new stack's provider", () => {
    const steps = [
      object("create", "order", "job/dev-order/order-migration-2"),
      object("same", "order", "service/dev-order/order"),
      object("same", "payment", "service/dev-payment/payment"),
      object("delete", "order", "job/dev-order/order-migration-1"),
    ];
    expect(targetsOf([root, provider, ...services, ...steps], "order").map(nameOf)).toEqual([
      "mountainpass-dev",
      "default_4_34_2",
      "order",
      "job/dev-order/order-migration-2",
      "service/dev-order/order",
      "job/dev-order/order-migration-1",
    ]);
  });

  test.each([
    "create",
    "update",
    "replace",
    "create-replacement",
    "delete-replaced",
    "delete",
  ])("is refused when another service's object is due to %s", (op) => {
    expect(refusal([object(op, "payment", "deployment/dev-payment/payment")])?.message).toBe(
      [
        "order cannot be deployed alone to dev: other changes are due",
        "payment",
        `  ${op} deployment/dev-payment/payment`,
        "deploy those first, or all together: npx pulumi up -s dev",
      ].join("\n"),
    );
  });

  test("is refused when a service that it does not know of is born", () => {
    expect(refusal([component("rental", "create")])?.message).toContain("rental\n  create rental");
  });

  test("is refused when an object outside any service changes", () => {
    expect(refusal([loose("update", "kubernetes:core/v1:ConfigMap", "configmap/x/y")])?.message).toContain(
      "of no service\n  update configmap/x/y",
    );
  });

  test("is refused when the provider changes, for it serves every service", () => {
    expect(refusal([loose("update", "pulumi:providers:kubernetes", "default_4_34_2")])?.exitCode).toBe(2);
  });
});

test("what the stack forgets and the cluster keeps is not said to be deleted", () => {
  const job = object("delete", "payment", "job/dev-payment/payment-migration-1");
  const kept = { ...job, oldState: { type: "", ...job.oldState, retainOnDelete: true } };
  expect(refusal([kept])?.message).toContain(
    "\n  no longer manage job/dev-payment/payment-migration-1, which stays in the cluster\n",
  );
});
