import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest, RenderedService } from "../../../../constructs/kubernetes/manifest.ts";

/** What the engine is told of a resource, as far as these tests care. */
interface Registration {
  type: string;
  parent: string;
  dependencies: string[];
  ignoreChanges: string[];
  retainOnDelete: boolean;
  secretOutputs: string[];
  inputs: Record<string, unknown>;
}

/** The request of the protocol, whose generated class has no types. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getRetainondelete(): boolean;
  getAdditionalsecretoutputsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): Promise<void>;
}

const registrations = new Map<string, Registration>();

/** Mocks see inputs only; options such as dependencies pass through the monitor beneath them. */
function record(monitor: Monitor): void {
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    registrations.set(request.getName(), {
      type: request.getType(),
      parent: nameOf(request.getParent()),
      dependencies: request.getDependenciesList().map(nameOf).sort(),
      ignoreChanges: request.getIgnorechangesList(),
      retainOnDelete: request.getRetainondelete(),
      secretOutputs: request.getAdditionalsecretoutputsList(),
      inputs: request.getObject().toJavaScript(),
    });
    return register(request, callback);
  };
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function manifest(
  wave: number,
  kind: string,
  name: string,
  namespace?: string,
  fields: object = {},
): Manifest {
  const annotations = { "argocd.argoproj.io/sync-wave": `${wave}` };
  return {
    apiVersion: "v1",
    kind,
    metadata: { name, ...(namespace && { namespace }), annotations },
    ...fields,
  };
}

const job = manifest(3, "Job", "order-migration-1", "dev-order", { apiVersion: "batch/v1" });
job.metadata.annotations = { ...job.metadata.annotations, "argocd.argoproj.io/sync-options": "Prune=false" };

const order: RenderedService = {
  name: "order",
  namespace: "dev-order",
  owner: "checkout",
  manifests: [
    manifest(4, "Deployment", "order", "dev-order", { apiVersion: "apps/v1" }),
    manifest(1, "Service", "order", "dev-order"),
    job,
    manifest(2, "StatefulSet", "order-database", "dev-order", { apiVersion: "apps/v1" }),
    manifest(1, "ServiceAccount", "order", "dev-order"),
    manifest(1, "NetworkPolicy", "payment-from-order", "dev-payment", { apiVersion: "networking.k8s.io/v1" }),
    manifest(0, "Namespace", "dev-order"),
  ],
  secrets: [
    {
      name: "order-database",
      namespace: "dev-order",
      labels: { "app.kubernetes.io/name": "order" },
      type: "servicebinding.io/postgresql",
      keys: ["username", "password"],
      generate: (password) => ({ username: "order", password }),
    },
    { name: "order-token", namespace: "dev-order", labels: {}, type: "Opaque", keys: ["token"] },
  ],
};

const payment: RenderedService = {
  name: "payment",
  namespace: "dev-payment",
  owner: "billing",
  manifests: [
    manifest(1, "Service", "payment", "dev-payment"),
    manifest(1, "Service", "payment-preview", "dev-payment"),
    manifest(0, "Namespace", "dev-payment"),
  ],
  secrets: [],
};

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  });
  record(pulumi.runtime.getMonitor() as unknown as Monitor);
  const { deploy } = await import("../../../../stacks/delivery/pulumi/service.ts");
  deploy([order, payment]);
  await pulumi.runtime.disconnect();
});

function registration(name: string): Registration {
  const found = registrations.get(name);
  if (found === undefined)
    throw new Error(`${name} was not registered, but ${[...registrations.keys()].join(", ")}`);
  return found;
}

test("a service is a component and its objects are its children", () => {
  expect(registration("order").type).toBe("pressurevalve:index:Service");
  const children = [...registrations].filter(([, { parent }]) => parent === "order").map(([name]) => name);
  expect(children.sort()).toEqual([
    "deployment/dev-order/order",
    "job/dev-order/order-migration-1",
    "namespace/dev-order",
    "networkpolicy/dev-payment/payment-from-order",
    "secret/dev-order/order-database",
    "service/dev-order/order",
    "serviceaccount/dev-order/order",
    "statefulset/dev-order/order-database",
  ]);
});

test("objects have the provider's own types, the core group by its name", () => {
  expect(registration("service/dev-order/order").type).toBe("kubernetes:core/v1:Service");
  expect(registration("job/dev-order/order-migration-1").type).toBe("kubernetes:batch/v1:Job");
});

test("an object waits for all objects of earlier waves of its service", () => {
  const first = ["namespace/dev-order", "service/dev-order/order"];
  const second = [
    ...first,
    "networkpolicy/dev-payment/payment-from-order",
    "secret/dev-order/order-database",
    "serviceaccount/dev-order/order",
  ];
  const third = [...second, "statefulset/dev-order/order-database"];
  const fourth = [...third, "job/dev-order/order-migration-1"];
  expect(registration("serviceaccount/dev-order/order").dependencies).toEqual(first);
  expect(registration("secret/dev-order/order-database").dependencies).toEqual(first);
  expect(registration("statefulset/dev-order/order-database").dependencies).toEqual(second.sort());
  expect(registration("job/dev-order/order-migration-1").dependencies).toEqual(third.sort());
  expect(registration("deployment/dev-order/order").dependencies).toEqual(fourth.sort());
  expect(registration("service/dev-order/order").dependencies).toEqual(["namespace/dev-order"]);
});

test("an object in another service's namespace waits for it, and for the name under which its caller finds the API", () => {
  expect(registration("networkpolicy/dev-payment/payment-from-order").dependencies).toEqual([
    "namespace/dev-order",
    "namespace/dev-payment",
    "service/dev-order/order",
    "service/dev-payment/payment",
  ]);
});

test("a generated secret is secret in the state, and made once", () => {
  const { inputs, ignoreChanges, secretOutputs } = registration("secret/dev-order/order-database");
  const secretSignature = "4dabf18193072939515e22adb298388d";
  expect(inputs.stringData).toMatchObject({
    [secretSignature]: "1b47061264138c4ac30d75fd1eb44270",
    value: { username: "order", password: expect.stringMatching(/^[\w-]{32}$/) },
  });
  expect(inputs.type).toBe("servicebinding.io/postgresql");
  expect(ignoreChanges).toEqual(["data", "stringData"]);
  expect(secretOutputs).toEqual(["data", "stringData"]);
});

test("a secret that someone else fills is not registered", () => {
  expect(registrations.has("secret/dev-order/order-token")).toBe(false);
});

test("what carries its content in its name outlives its replacement, the rest does not", () => {
  expect(registration("job/dev-order/order-migration-1").retainOnDelete).toBe(true);
  expect(registration("statefulset/dev-order/order-database").retainOnDelete).toBe(false);
});

test("fields that others own are left to them", () => {
  expect(registration("service/dev-order/order").ignoreChanges).toEqual(["spec.selector"]);
});

test("only what is awaited here is not awaited by the provider, and the manifest stays as it was", () => {
  const skipped = [...registrations].filter(([, { inputs }]) =>
    JSON.stringify(inputs).includes("pulumi.com/skipAwait"),
  );
  expect(skipped.map(([name]) => name).sort()).toEqual([
    "deployment/dev-order/order",
    "job/dev-order/order-migration-1",
    "service/dev-order/order",
    "service/dev-payment/payment",
    "service/dev-payment/payment-preview",
    "statefulset/dev-order/order-database",
  ]);
  expect(order.manifests[0]?.metadata.annotations).toEqual({ "argocd.argoproj.io/sync-wave": "4" });
});

test("every object is written under one name, so that nobody has to remember which", () => {
  const objects = [...registrations.values()].filter(({ type }) => type.startsWith("kubernetes:"));
  const managers = objects.map(
    ({ inputs }) => JSON.stringify(inputs).match(/"pulumi.com\/patchFieldManager":"(\w+)"/)?.[1],
  );
  expect(new Set(managers)).toEqual(new Set(["pressurevalve"]));
});
