import { expect, test } from "@jest/globals";
import { ApiReference, call, Duration, type RequestName, rest } from "../../../constructs/index.ts";
import { meshed, order, other, problems } from "../example.ts";

const open = (...requests: string[]) => rest({ port: 3000, public: requests as RequestName[] });

test("what is public is a method and a path, and at least one where it is said at all", () => {
  expect(problems([order({ api: open("GET /orders", "POST /orders") })], meshed)).toEqual([]);
  expect(problems([order({ api: open() })], meshed)).toEqual([
    "order: api.public is [], but must name at least one; leave it out where nothing is for the world outside",
  ]);
  expect(problems([order({ api: open("/orders") })], meshed)).toEqual([
    "order: api.public[0] is /orders, but must be a method and a path, no regular expression; write for example GET /items/{sku} or GET /items/*",
  ]);
});

test("where an API names its requests, the public ones are among them", () => {
  const api = rest({
    port: 3000,
    requests: { "GET /orders/{id}": {} },
    public: ["GET /orders/{id}", "GET /order/{id}"],
  });
  expect(problems([order({ api })], meshed)).toEqual([
    "order: api.public is GET /order/{id}, but order has no such request; did you mean GET /orders/{id}?",
  ]);
});

test("each is named once", () => {
  expect(problems([order({ api: open("GET /orders", "GET /orders") })], meshed)).toEqual([
    "order: api.public is GET /orders, but it stands there already; name it once",
  ]);
});

test.each([
  ["GET /orders", "GET /orders"],
  ["GET /orders/{id}", "GET /orders/new"],
  ["GET /orders/{id}", "GET /{what}/{id}"],
  ["GET /orders/*", "GET /orders/{id}/lines"],
  ["GET /*", "GET /orders"],
])("%s of one service and %s of another are one request, of which only one can have it", (one, two) => {
  const shop = [order({ api: open(one) }), other("inventory", { api: open(two) })];
  expect(problems(shop, meshed)).toEqual([
    `inventory: api.public is ${two}, but the world asks ${one} of order; let the two differ in a plain segment`,
  ]);
});

test.each([
  ["GET /orders", "POST /orders"],
  ["GET /orders", "GET /orders/{id}"],
  ["GET /orders/*", "GET /orders"],
  ["GET /orders/{id}", "GET /baskets/{id}"],
])("%s and %s are told apart", (one, two) => {
  expect(problems([order({ api: open(one) }), other("inventory", { api: open(two) })], meshed)).toEqual([]);
});

test("what the service waits for ends before the gateway gives up", () => {
  const calls = () => [call(new ApiReference("inventory"), { timeout: Duration.seconds(11), attempts: 2 })];
  expect(problems([order({ api: open("GET /orders"), calls }), other("inventory")], meshed)).toEqual([
    "order: api.public is GET /orders, but to call inventory may take 22025 ms, and the gateway waits for 20 s; lower the timeout or attempts of the call to inventory",
  ]);
  expect(problems([order({ calls }), other("inventory")], meshed)).toEqual([]);
});
