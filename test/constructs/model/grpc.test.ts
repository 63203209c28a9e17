import { expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  type GrpcMethodName,
  type GrpcMethods,
  grpc,
  resolve,
} from "../../../constructs/index.ts";
import { grpcMethodName } from "../../../constructs/model/grpc.ts";
import { environment, order, other, problems, resolved } from "../example.ts";

const inventory = (requests?: GrpcMethods) =>
  other("inventory", { api: grpc({ port: 4000, ...(requests && { requests }) }) });
const answering = (requests: object) => problems([inventory(requests as GrpcMethods)]);

test("a gRPC API is found where gRPC's clients look", () => {
  expect(resolved(inventory()).api.url).toBe("dns:///inventory.dev-inventory.svc:4000");
});

test.each([
  "Inventory/Reserve",
  "shop.v1.Inventory/Reserve",
  "shop.v1.Inventory/*",
  "a_b.C1/D_2",
])("%s is a method", (name) => {
  expect(grpcMethodName.safeParse(name).success).toBe(true);
});

test.each([
  "/shop.v1.Inventory/Reserve",
  "POST /shop.v1.Inventory/Reserve",
  "shop..Inventory/Reserve",
  "shop.v1.Inventory/",
  "shop.v1.Inventory/Re*",
  "shop.v1.*/Reserve",
  "*/*",
  "shop.v1.Inventory/Reserve/Now",
  "1shop.Inventory/Reserve",
])("%s is none", (name) => {
  expect(answering({ [name]: {} })).toEqual([
    `inventory: api.requests[${JSON.stringify(name)}] has a name that must be a gRPC service and method; write for example mountainpass.inventory.v1.Inventory/GetItem or mountainpass.inventory.v1.Inventory/*`,
  ]);
});

test("every method is a POST at its path, once, unless the service says that it is idempotent", () => {
  const requests = { "shop.Inventory/Get": { idempotent: true }, "shop.Inventory/Put": {} };
  const [get, put] = resolved(inventory(requests)).api.requests;
  const name = "shop.Inventory/Get";
  expect(get).toMatchObject({ name, methods: ["POST"], path: `/${name}`, idempotent: true });
  expect(put?.idempotent).toBe(false);
});

test("a method says whether it is idempotent or a stream, not both, and nothing else", () => {
  expect(answering({ "a.B/C": { idempotent: "yes", retries: 2 }, "a.B/D": { streaming: 1 } })).toEqual([
    'inventory: api.requests["a.B/C"].idempotent is yes, but must be true or false; say whether it may be repeated',
    'inventory: api.requests["a.B/C"].retries is no such field; take it out',
    'inventory: api.requests["a.B/D"].streaming is 1, but must be true or false; say whether either side sends a stream',
  ]);
  expect(answering({ "a.B/C": { idempotent: true, streaming: true } })).toEqual([
    'inventory: api.requests["a.B/C"] is {"idempotent":true,"streaming":true}, but must not be both idempotent and streaming; a stream that has begun is not asked again',
  ]);
  expect(answering({})).toEqual([
    "inventory: api.requests is {}, but must have at least one; leave it out where every method is answered",
  ]);
});

/** What is wrong with a call of these methods of inventory. */
const asking = (attempts: number, ...requests: GrpcMethodName[]) =>
  problems([
    order({ calls: () => [call(new ApiReference("inventory"), { requests, attempts })] }),
    inventory({ "shop.Inventory/Get": { idempotent: true }, "shop.Inventory/Watch": { streaming: true } }),
  ]);

test("what is no idempotent method is not tried again, a stream least of all", () => {
  expect(asking(2, "shop.Inventory/Get")).toEqual([]);
  expect(asking(1, "shop.Inventory/Watch")).toEqual([]);
  expect(asking(2, "shop.Inventory/Watch")).toEqual([
    "order: calls[0].attempts is 2, but shop.Inventory/Watch of inventory is not idempotent; give it a call of its own with one attempt",
  ]);
});

test("a method that the callee does not name is reported with the one that was meant", () => {
  expect(asking(1, "shop.Inventory/Gte")).toEqual([
    "order: calls[0].requests is shop.Inventory/Gte, but inventory has no such request; did you mean shop.Inventory/Get?",
  ]);
  expect(asking(1, "unheard.Of/It")).toEqual([
    "order: calls[0].requests is unheard.Of/It, but inventory has no such request; add it to the requests of inventory",
  ]);
});

test("of an API that names no methods all may be asked, and none again", () => {
  const [caller] = resolve(
    [order({ calls: () => [call(new ApiReference("inventory"))] }), inventory()],
    environment,
  );
  expect(caller?.calls[0]?.requests).toMatchObject([{ methods: ["POST"], path: "/*", idempotent: false }]);
  const twice = [order({ calls: () => [call(new ApiReference("inventory"), { attempts: 2 })] }), inventory()];
  expect(problems(twice)).toEqual([
    "order: calls[0].attempts is 2, but */* of inventory is not idempotent; give it a call of its own with one attempt, or say idempotent: true in inventory if it is",
  ]);
});
