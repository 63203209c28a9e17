import { expect, test } from "@jest/globals";
import { postgres } from "../../../constructs/index.ts";
import { environment, find, names, order, rendered } from "../example.ts";

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

test("a database without migrations has no Job", () => {
  expect(names(rendered(order({ database: postgres() })), "Job")).toEqual([]);
});
