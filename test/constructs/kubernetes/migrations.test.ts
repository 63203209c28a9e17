import { expect, test } from "@jest/globals";
import { call, postgres, type RenderedService, render, resolve } from "../../../constructs/index.ts";
import { waveOf } from "../../../constructs/kubernetes/metadata.ts";
import { environment, find, meshed, names, order, other, rendered } from "../example.ts";

const described = order({ database: postgres({ migrations: { args: ["migrate"] } }) });
const migration = (where = environment) => find(rendered(described, where), "Job");

test("a migration is named by its content, for a Job is immutable", () => {
  const newer = { ...environment, images: { order: "images.example/order:2" } };
  expect(migration().metadata.name).toMatch(/^order-migration-[0-9a-f]{10}$/);
  expect(migration(newer).metadata.name).not.toBe(migration().metadata.name);
});

test("a migration comes after the database and before the workload, in Argo CD as a hook", () => {
  const wave = "argocd.argoproj.io/sync-wave";
  const service = rendered(described);
  const waves = ["StatefulSet", "Job", "Deployment"].map(
    (kind) => find(service, kind).metadata.annotations[wave],
  );
  expect(waves).toEqual(["2", "3", "4"]);
  expect(migration().metadata.annotations["argocd.argoproj.io/hook"]).toBe("Sync");
});

test("a migration runs the service's image with the binding", () => {
  const [container] = migration().spec.template.spec.containers;
  expect(container).toMatchObject({ image: "images.example/order:1", args: ["migrate"] });
  expect(container.env).toContainEqual({ name: "SERVICE_BINDING_ROOT", value: "/bindings" });
});

test("a migration has an identity of its own, which no callee hears, and is told of none", () => {
  const inventory = other("inventory");
  const caller = order({
    database: postgres({ migrations: { args: ["migrate"] } }),
    calls: () => [call(inventory.api)],
    jobs: { nightly: { schedule: "0 3 * * *", args: ["job"] } },
  });
  const [service] = render(resolve([caller, inventory], meshed));
  const objects = service as RenderedService;
  const account = "order-migration";
  expect(find(objects, "Job").spec.template.spec.serviceAccountName).toBe(account);
  expect(find(objects, "ServiceAccount", account).automountServiceAccountToken).toBe(false);
  const told = find(objects, "Job").spec.template.spec.containers[0].env.map(
    ({ name }: { name: string }) => name,
  );
  expect(told).toContain("SERVICE_BINDING_ROOT");
  expect(told.filter((name: string) => name.startsWith("INVENTORY_"))).toEqual([]);
  // It is there before the Job.
  expect(waveOf(find(objects, "ServiceAccount", account))).toBeLessThan(waveOf(find(objects, "Job")));
  const heard = (name: string) =>
    find(objects, "AuthorizationPolicy", name).spec.rules[0].from[0].source.principals;
  expect(heard("from-order")).toEqual(["cluster.local/ns/dev-order/sa/order"]);
  expect(heard("database-from-service")).toEqual([
    "cluster.local/ns/dev-order/sa/order",
    `cluster.local/ns/dev-order/sa/${account}`,
  ]);
});

test("a database without migrations has no Job, and nobody an identity for one", () => {
  const service = rendered(order({ database: postgres() }));
  expect(names(service, "Job")).toEqual([]);
  expect(names(service, "ServiceAccount")).toEqual(["order", "order-database"]);
});
