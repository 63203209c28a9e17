import { expect, test } from "@jest/globals";
import { environment, order, problems } from "../example.ts";

const told = (consul: unknown) => problems([order()], { ...environment, consul } as never);

test("an entry of Consul's catalog is for a service of the shop", () => {
  expect(told({ order: {} })).toEqual([]);
  expect(told({ ordr: {} })).toEqual(["environment dev: consul.ordr names no service; did you mean order?"]);
});

test("a name is one that Consul's DNS can answer, and a tag ends at no comma", () => {
  expect(told({ order: { name: "Orders" } })).toEqual([
    "environment dev: consul.order.name is Orders, but must be a DNS label; use lower-case letters, digits and inner dashes",
  ]);
  expect(told({ order: { tags: ["a,b"] } })).toEqual([
    "environment dev: consul.order.tags[0] is a,b, but must be a word without commas; write for example v1",
  ]);
});
