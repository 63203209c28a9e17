import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  Cpu,
  type call,
  Duration,
  get,
  type Manifest,
  postgres,
  render,
  resolve,
  rest,
  type Service,
  type ServiceDescription,
  Size,
  service,
} from "../../../../constructs/index.ts";
import type { Explanation } from "../../../../stacks/delivery/explain/index.ts";
import { at, leaves, spell } from "../../../../stacks/delivery/explain/path.ts";
import { shop } from "../../../../stacks/shop.ts";
import { explainedFields } from "./explained-fields.ts";

// Production takes every size from the description.
const environment = shop.environments.production;
const order = named("order");
const inventory = named("inventory");

const explanations = new Map<string, Explanation>();

beforeAll(async () => {
  const file = join(import.meta.dirname, "../../../../stacks/shop.ts");
  for (const one of await explainedFields(file, environment.name, "order"))
    explanations.set(identity(one.object.kind, one.object.namespace, one.object.name, one.path), one);
}, 300_000);

/** Another value for one field of the description of order, or of a service that it calls. */
interface Change {
  readonly field: string;
  readonly services: readonly Service[];
}

const seconds = (min: number, max: number) => fc.integer({ min, max }).map(Duration.seconds);
const path = fc.stringMatching(/^\/[a-z]{1,9}$/);
const port = fc.integer({ min: 1024, max: 65535 });
const scaling = { kind: "autoscaled", max: 60, cpu: 0.7 } as const;
const rollout = { kind: "blue-green", smokeTest: [get("/health/ready"), get("/orders")] } as const;

/** For each field how it is changed; those that order leaves out are added. */
const changes: Readonly<Record<string, fc.Arbitrary<Partial<ServiceDescription>>>> = {
  owner: fc.stringMatching(/^[a-z]{2,9}$/).map((owner) => ({ owner })),
  "api.port": port.map((port) => ({ api: { ...order.description.api, port } })),
  "resources.cpu": fc.integer({ min: 1, max: 64_000 }).map((millis) => ({
    resources: { ...order.description.resources, cpu: Cpu.millis(millis) },
  })),
  "resources.memory": fc.integer({ min: 16, max: 9999 }).map((mebibytes) => ({
    resources: { ...order.description.resources, memory: Size.mebibytes(mebibytes) },
  })),
  "probes.readiness": path.map((readiness) => ({ probes: { readiness } })),
  "probes.startupTimeout": seconds(2, 599).map((startupTimeout) => ({ probes: { startupTimeout } })),
  "database.migrations.args[0]": fc
    .string({ minLength: 1, maxLength: 9 })
    .map((text) => ({ database: postgres({ migrations: { args: [text.replaceAll("\0", "")] } }) })),
  "database.migrations.deadline": seconds(10, 86_400).map((deadline) => ({
    database: postgres({ migrations: { args: ["migrate"], deadline } }),
  })),
  // Two attempts of it fit into what the gateway waits for.
  "calls[0].timeout": fc
    .integer({ min: 1, max: 9_000 })
    .map((timeout) => calling(0, { timeout: Duration.millis(timeout) })),
  "calls[0].attempts": fc.integer({ min: 1, max: 10 }).map((attempts) => calling(0, { attempts })),
  // One more repetition comes from order's other call of payment, and all together may be nine.
  "calls[1].attempts": fc.integer({ min: 1, max: 9 }).map((attempts) => calling(1, { attempts })),
  "scaling.min": fc.integer({ min: 3, max: 60 }).map((min) => ({ scaling: { ...scaling, min } })),
  "scaling.max": fc.integer({ min: 3, max: 1000 }).map((max) => ({ scaling: { ...scaling, max } })),
  "scaling.cpu": fc.integer({ min: 1, max: 100 }).map((cpu) => ({ scaling: { ...scaling, cpu: cpu / 100 } })),
  "rollout.smokeTest[0].path": path.map((one) => ({
    rollout: { ...rollout, smokeTest: [get(one), get("/orders")] },
  })),
  "rollout.keepBlue": seconds(30, 86_400).map((keepBlue) => ({ rollout: { ...rollout, keepBlue } })),
};

const ofInventory = port.map((port) => ({
  field: "api.port of inventory",
  services: described(inventory, { api: { ...inventory.description.api, port } }),
}));

const change: fc.Arbitrary<Change> = fc.oneof(
  ...Object.entries(changes).map(([field, more]) =>
    more.map((change) => ({ field, services: described(order, change) })),
  ),
  ofInventory,
);

const fields = [...Object.keys(changes), "api.port of inventory"];

test("what changes with a field of a description is explained by that field", () => {
  const before = objects(shop.services);
  const seen = new Set<string>();
  fc.assert(
    fc.property(change, ({ field, services }) => {
      for (const { object, path } of changedFields(before, objects(services))) {
        const { kind, metadata } = object;
        const told = explanations.get(identity(kind, metadata.namespace, metadata.name, spell(path, object)));
        expect([spell(path), ...(told?.sources.map((source) => source.field) ?? [])]).toContain(field);
        seen.add(field);
      }
    }),
    { seed: Number(process.env.SEED ?? 20261121), numRuns: 300 },
  );
  // Each kind of field shows somewhere, or the property would say nothing of it.
  expect([...seen].sort()).toEqual([...fields].sort());
});

/** The fields that stand at the same place with another value. */
function changedFields(before: ReadonlyMap<string, Manifest>, after: ReadonlyMap<string, Manifest>) {
  return [...before].flatMap(([name, object]) =>
    leaves(object)
      .filter((path) => at(after.get(name), path) !== undefined)
      .filter((path) => JSON.stringify(at(after.get(name), path)) !== JSON.stringify(at(object, path)))
      .map((path) => ({ object, path })),
  );
}

function identity(...parts: (string | undefined)[]): string {
  return parts.join(" ");
}

function objects(services: readonly Service[]): Map<string, Manifest> {
  const rendered = render(resolve(services, environment).filter(({ name }) => name === "order"));
  return new Map(
    rendered
      .flatMap(({ manifests }) => manifests)
      .map((object) => [
        lasting(identity(object.kind, object.metadata.namespace, object.metadata.name)),
        object,
      ]),
  );
}

/** Without the digest of what an immutable object holds. */
function lasting(name: string): string {
  return name.replace(/-[0-9a-f]{10}$/, "");
}

function named(name: string): Service {
  return shop.services.find((one) => one.name === name) as Service;
}

function described(changed: Service, more: Partial<ServiceDescription>): readonly Service[] {
  const changes = shop.services.map((one) =>
    one === changed ? service(one.name, { ...one.description, ...more }) : one,
  );
  // Who may call renders nothing, and would refuse an order of another team.
  const callers = [...new Set(changes.map(({ description }) => description.owner))];
  return changes.map(({ name, description }) =>
    service(name, { ...description, api: rest({ ...description.api, callers }) }),
  );
}

/** The calls of order, one of them with other options. */
function calling(index: number, options: Parameters<typeof call>[1]): Partial<ServiceDescription> {
  const calls = order.description.calls?.() ?? [];
  return { calls: () => calls.map((one, position) => (position === index ? { ...one, ...options } : one)) };
}
