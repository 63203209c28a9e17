import { expect, test } from "@jest/globals";
import { Cpu, type Environment, postgres, resolve, Size, service } from "../../../constructs/index.ts";
import { services } from "../../../services/index.ts";
import { environments } from "../../../stacks/environments.ts";
import { environment, order, other, problems, resolved } from "../example.ts";

test("the problems of several services are reported together", () => {
  const shop = [
    order({ scaling: { kind: "autoscaled", min: 8, max: 5 }, sclaing: 1 }),
    order({ owner: null }),
    other("payment", { scaling: { kind: "autoscaled", min: 8, max: 5 } }),
  ];
  expect(problems(shop)).toEqual([
    "order: name is order, but another service has this name; rename one of them",
    "order: sclaing is no field of a service; did you mean scaling?",
    'order: owner is null, but must be the name of a team; write for example owner: "checkout"',
    "payment: scaling.min is 8, but scaling.max is 5; raise max or lower min",
  ]);
});

test.each(["Order", "-order", "order-", "1st", "a.b", "x".repeat(31)])("%s is no service's name", (name) => {
  expect(problems([other(name, { image: "order" })])).toEqual([
    `${name}: name is ${name}, but must be a DNS label of at most 30 characters; use lower-case letters, digits and inner dashes, and begin with a letter`,
  ]);
});

test("a service without a name is known by its place", () => {
  expect(problems([order(), service(undefined as never, order().description)])).toEqual([
    "services[1]: name is missing: it must be a DNS label; make it with service(name, description)",
  ]);
});

test("a name that the constructs library keeps for itself is refused", () => {
  expect(problems([other("constructor", { image: "order" })])).toEqual([
    "constructor: name is constructor, but must not be constructor, which the constructs library keeps for itself; choose another name",
  ]);
});

test("a description that is none, or cannot be read, is a problem like any other", () => {
  expect(problems([service("order", null as never)])).toEqual([
    "order: description is null, but must be an object; describe the service",
  ]);
  const throwing = {
    get owner(): string {
      throw new Error("odd");
    },
  };
  expect(problems([service("order", throwing as never)])).toEqual([
    "order: description cannot be read: odd; give it plain values",
  ]);
});

test("an environment sets sizes otherwise", () => {
  const where: Environment = {
    ...environment,
    sizing: {
      order: {
        resources: { cpu: Cpu.millis(50) },
        databaseSize: Size.gibibytes(2),
        scaling: { kind: "fixed", replicas: 2 },
      },
    },
  };
  const described = order({ resources: { memory: Size.mebibytes(64) }, database: postgres() });
  expect(resolved(described, where)).toMatchObject({
    resources: { cpu: Cpu.millis(50), memory: Size.mebibytes(64) },
    database: { size: Size.gibibytes(2) },
    scaling: { kind: "fixed", replicas: 2 },
  });
});

test("what a size replaces must be right all the same, and the size itself is told as the environment's", () => {
  const sizing = {
    order: { scaling: { kind: "autoscaled", max: 3, cpu: 9 }, databaseSize: Size.mebibytes(1) },
  };
  const where = { ...environment, sizing } as Environment;
  const described = order({
    scaling: { kind: "autoscaled", max: 3, cpu: 7 },
    resources: { cpu: Cpu.units(100) },
    database: postgres(),
  });
  expect(problems([described], where)).toEqual([
    "order: resources.cpu is 100 cores, but must be whole millicores from 1m to 64 cores; write for example Cpu.millis(250)",
    "order: scaling.cpu is 7, but must be at most 1; write for example 0.7",
    "order: sizing of dev: database.size is 1 MiB, but must be whole mebibytes from 1 GiB to 64 TiB; write for example Size.gibibytes(20)",
    "order: sizing of dev: scaling.cpu is 9, but must be at most 1; write for example 0.7",
  ]);
});

test("what a description has wrong is told once, and not as the environment's, whatever a size adds to it", () => {
  const sizing = { order: { resources: { cpu: Cpu.millis(50) }, databaseSize: Size.gibibytes(2) } };
  const where = { ...environment, sizing };
  expect(problems([order({ resources: { memory: Number.NaN }, database: postgres() })], where)).toEqual([
    "order: resources.memory is NaN, but must be a Size; write for example Size.mebibytes(256)",
  ]);
  expect(problems([order({ resources: "x", database: "y" })], where)).toEqual([
    "order: resources is x, but must be an object; write fields in braces",
    "order: database is y, but must be an object; write fields in braces",
  ]);
});

test("sizes that are none are the environment's problem", () => {
  const sizing = { order: { resources: "x" } };
  expect(problems([order({ resources: {} })], { ...environment, sizing } as never)).toEqual([
    "environment dev: sizing.order.resources is x, but must be an object; write fields in braces",
  ]);
});

test("sizes of an unknown service, or of a database that is not there, are refused", () => {
  const sizing = { ordr: {}, order: { databaseSize: Size.gibibytes(2) } };
  expect(problems([order()], { ...environment, sizing })).toEqual([
    "ordr: sizing of dev names no service; did you mean order?",
    "order: sizing of dev: databaseSize is set, but the service has no database; take it out",
  ]);
});

test("a resolved service is frozen all the way down", () => {
  const frozen = Object.freeze({ "a.json": "{}" });
  const own = order({ configuration: { files: frozen }, patches: Object.freeze([]) });
  for (const one of [...resolve(services, environments.dev), resolved(own)])
    expect(thawed(one, "service")).toEqual([]);
});

function thawed(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, part]) => thawed(part, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}
