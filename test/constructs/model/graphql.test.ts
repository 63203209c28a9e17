import { expect, test } from "@jest/globals";
import { ApiReference, type Call, call, graphql, resolve } from "../../../constructs/index.ts";
import { environment, order, other, problems, resolved } from "../example.ts";

const inventory = (more: object = {}) => other("inventory", { api: graphql({ port: 4000, ...more }) });
const asking = (options: Omit<Call, "api">) =>
  order({ calls: () => [call(new ApiReference("inventory"), options)] });

test("a GraphQL API is found at its one path", () => {
  expect(resolved(inventory()).api.url).toBe("http://inventory.dev-inventory.svc:4000/graphql");
  expect(resolved(inventory({ path: "/api/query" })).api.url).toBe(
    "http://inventory.dev-inventory.svc:4000/api/query",
  );
});

test.each([
  "graphql",
  "/",
  "/graphql/",
  "/graphql?x=1",
  "/{tenant}/graphql",
  "/*",
])("%s is no path of it", (path) => {
  expect(problems([inventory({ path })])).toEqual([
    `inventory: api.path is ${path}, but must be a path of plain segments; begin it with / and write for example /graphql`,
  ]);
});

test("it is asked by GET, which may be repeated, and by POST, which may be a mutation", () => {
  const [caller] = resolve([asking({ attempts: 2 }), inventory()], environment);
  expect(caller?.calls[0]?.requests).toMatchObject([
    { name: "GET /graphql", methods: ["GET"], path: "/graphql", idempotent: true },
    { name: "POST /graphql", methods: ["POST"], path: "/graphql", idempotent: false },
  ]);
});

test("a call names its queries by GET, and nothing sent by POST is tried again", () => {
  expect(problems([asking({ requests: ["GET /graphql"], attempts: 2 }), inventory()])).toEqual([]);
  expect(problems([asking({ requests: ["POST /graphql"], attempts: 2 }), inventory()])).toEqual([
    "order: calls[0].attempts is 2, but POST /graphql of inventory is not idempotent; give it a call of its own with one attempt",
  ]);
});

test("there is nothing else to ask", () => {
  expect(problems([asking({ requests: ["DELETE /products/{sku}"] }), inventory()])).toEqual([
    "order: calls[0].requests is DELETE /products/{sku}, but inventory has no such request; ask GET /graphql or POST /graphql",
  ]);
  const named = { requests: { "GET /graphql": {} } };
  expect(problems([inventory(named)])).toEqual(["inventory: api.requests is no such field; take it out"]);
});
