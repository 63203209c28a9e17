import { expect, test } from "@jest/globals";
import { ApiReference, call, get, postgres, render, resolve } from "../../../constructs/index.ts";
import { find, guarded, inMesh, meshed, names, order, other, rendered } from "../example.ts";

const database = postgres({ migrations: { args: ["migrate"] } });

test("a pod that calls nothing sends nothing", () => {
  const { spec } = find(rendered(order(), meshed), "Sidecar", "service");
  expect(spec).toEqual({
    workloadSelector: {
      labels: { "app.kubernetes.io/name": "order", "app.kubernetes.io/component": "service" },
    },
    outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    egress: [{ hosts: ["~/*"] }],
  });
});

test("a pod that no description knows of sends nothing either", () => {
  expect(find(rendered(order(), meshed), "Sidecar", "default").spec).toEqual({
    outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    egress: [{ hosts: ["~/*"] }],
  });
});

test("each kind of pod knows what it may reach, and no more", () => {
  const shop = [
    order({
      database,
      jobs: { nightly: { schedule: "0 3 * * *", args: ["job"] } },
      rollout: { kind: "blue-green", smokeTest: [get("/ready")] },
      calls: () => [call(new ApiReference("inventory"))],
    }),
    other("inventory"),
  ];
  const [caller] = render(resolve(shop, meshed));
  const hosts = (name: string) => find(caller as never, "Sidecar", name).spec.egress[0].hosts;
  const inventory = [
    "dev-inventory/inventory.dev-inventory.svc.cluster.local",
    "./inventory.dev-inventory.svc.cluster.local",
  ];
  const ownDatabase = "./order-database.dev-order.svc.cluster.local";
  expect(Object.fromEntries(names(caller as never, "Sidecar").map((name) => [name, hosts(name)]))).toEqual({
    default: ["~/*"],
    service: [...inventory, ownDatabase],
    job: [...inventory, ownDatabase],
    migration: [ownDatabase],
    "smoke-test": ["./order-preview.dev-order.svc.cluster.local"],
  });
});

test("pods that come and go are no fault where none is there; those of the service are", () => {
  const service = rendered(order({ database }), meshed);
  const silenced = (name: string) =>
    find(service, "Sidecar", name).metadata.annotations["galley.istio.io/analyze-suppress"];
  expect([silenced("migration"), silenced("service")]).toEqual(["IST0101", undefined]);
});

test("a managed database is known by its addresses, to its own service alone", () => {
  const service = rendered(order({ database }), inMesh(guarded));
  expect(find(service, "ServiceEntry").spec).toEqual({
    hosts: ["order-database.production-order.managed"],
    addresses: ["10.0.0.0/24", "10.0.1.0/24"],
    ports: [{ number: 5432, name: "tcp-postgresql", protocol: "TCP" }],
    location: "MESH_EXTERNAL",
    resolution: "NONE",
    exportTo: ["."],
  });
  expect(find(service, "Sidecar", "migration").spec.egress).toEqual([
    { hosts: ["./order-database.production-order.managed"] },
  ]);
});
