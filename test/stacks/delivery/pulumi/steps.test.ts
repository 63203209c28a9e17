import { describe, expect, test } from "@jest/globals";
import { leftAsTheyAre, refuseOutside } from "../../../../cli/deploy.ts";
import { settingsType } from "../../../../policies/stack-settings.ts";
import {
  changesOf,
  describeStep,
  dueFor,
  type Step,
  targetsOf,
} from "../../../../stacks/delivery/pulumi/steps.ts";
import type { Fault } from "../../../../tools/fault.ts";

const stack = "urn:pulumi:dev::mountainpass::pulumi:pulumi:Stack::mountainpass-dev";

function component(name: string, op = "same"): Step {
  const urn = `urn:pulumi:dev::mountainpass::pressurevalve:index:Service::${name}`;
  return { op, urn, newState: { type: "pressurevalve:index:Service", parent: stack } };
}

const types: Readonly<Record<string, string>> = {
  deployment: "kubernetes:apps/v1:Deployment",
  rollout: "kubernetes:argoproj.io/v1alpha1:Rollout",
};

function object(op: string, service: string, name: string): Step {
  const type = types[name.split("/")[0] as string] ?? "kubernetes:core/v1:Other";
  const urn = `urn:pulumi:dev::mountainpass::pressurevalve:index:Service$${type}::${name}`;
  const state = { type, parent: component(service).urn };
  return op === "delete" ? { op, urn, oldState: state } : { op, urn, newState: state };
}

function waitsFor(step: Step, ...others: readonly Step[]): Step {
  const newState = { type: "", ...step.newState, dependencies: others.map(({ urn }) => urn) };
  return { ...step, newState };
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
    refuseOutside(changesOf([...services, ...steps]), "dev", "order");
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

  test.each(["create", "update"])("are none where only that is new by which a stack is judged: %s", (op) => {
    const judgedBy = loose(op, settingsType, "dev");
    expect(changesOf([...services, judgedBy]).outside).toEqual([]);
    expect(targetsOf([...services, judgedBy], "order")).toContain(judgedBy.urn);
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

  test("leaves the others as they run, and tells whose changes are due", () => {
    const steps = [...services, object("update", "payment", "deployment/dev-payment/payment")];
    expect(refusal(steps)).toBeUndefined();
    expect(targetsOf(steps, "order").map(nameOf)).toEqual(["order"]);
    expect(leftAsTheyAre(steps, "dev", "order")).toEqual([
      "left as they run in dev, though changes are due: payment",
    ]);
  });

  test("takes a service that changes the kind of its workload for one that runs", () => {
    const steps = [
      ...services,
      object("create", "payment", "rollout/dev-payment/payment"),
      object("delete", "payment", "deployment/dev-payment/payment"),
    ];
    expect(leftAsTheyAre(steps, "dev", "order")).toEqual([
      "left as they run in dev, though changes are due: payment",
    ]);
  });

  describe("whose callee is not there yet", () => {
    const born = component("shipping", "create");
    const namespace = object("create", "shipping", "namespace/dev-shipping");
    const address = waitsFor(object("create", "shipping", "service/dev-shipping/shipping"), namespace);
    const pods = waitsFor(object("create", "shipping", "deployment/dev-shipping/shipping"), address);
    const edge = waitsFor(
      object("create", "order", "authorizationpolicy/dev-shipping/shipping-from-order"),
      namespace,
      address,
    );
    const steps = [...services, born, namespace, address, pods, edge];

    test("brings what its edge stands on, and no pods", () => {
      const due = [
        "authorizationpolicy/dev-shipping/shipping-from-order",
        "namespace/dev-shipping",
        "service/dev-shipping/shipping",
        "shipping",
      ];
      expect(targetsOf(steps, "order").map(nameOf)).toEqual(["order", ...due]);
      expect(dueFor(steps, "order").map(({ urn }) => nameOf(urn))).toEqual(due);
    });

    test("says that its calls fail until then", () => {
      expect(leftAsTheyAre(steps, "dev", "order")).toEqual([
        "shipping does not run in dev yet: until it is deployed, calls of it fail",
      ]);
    });

    test("says so also once another caller has brought what an edge stands on", () => {
      const brought = [component("shipping"), namespace, address].map((step) => ({ ...step, op: "same" }));
      expect(leftAsTheyAre([...services, ...brought, pods, edge], "dev", "order")).toEqual([
        "shipping does not run in dev yet: until it is deployed, calls of it fail",
      ]);
    });

    test("is no matter of the callee, which is deployed as any other", () => {
      expect(targetsOf(steps, "shipping").map(nameOf)).toEqual([
        "shipping",
        "namespace/dev-shipping",
        "service/dev-shipping/shipping",
        "deployment/dev-shipping/shipping",
      ]);
    });
  });

  test("is refused when an object outside any service changes", () => {
    expect(refusal([loose("update", "kubernetes:core/v1:ConfigMap", "configmap/x/y")])?.message).toBe(
      [
        "order cannot be deployed alone to dev: changes of no service are due",
        "  update configmap/x/y",
        "deploy all together: npx pulumi up -s dev",
      ].join("\n"),
    );
  });

  test("is refused when the provider changes, for it serves every service", () => {
    expect(refusal([loose("update", "pulumi:providers:kubernetes", "default_4_34_2")])?.exitCode).toBe(2);
  });
});

test("what the stack forgets and the cluster keeps is not said to be deleted", () => {
  const job = object("delete", "payment", "job/dev-payment/payment-migration-1");
  const kept = { ...job, oldState: { type: "", ...job.oldState, retainOnDelete: true } };
  expect(describeStep(kept)).toBe(
    "no longer manage job/dev-payment/payment-migration-1, which stays in the cluster",
  );
});
