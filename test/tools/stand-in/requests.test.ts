import { afterEach, expect, test } from "@jest/globals";
import { answering, endCallees, startCallee } from "./callee.ts";
import { asking, calling, endAll, post, recordIn, startService } from "./service.ts";

afterEach(endAll);
afterEach(endCallees);

const asked = ({ requests }: Awaited<ReturnType<typeof startCallee>>) =>
  requests.map(({ method, url }) => `${method} ${url}`);

test("a write asks the writes of each call, a read of a record the reads, and a list those that need no record", async () => {
  const stock = await startCallee((_, response) => response.writeHead(200).end('{"id":"s-1"}'));
  const requests = [
    "GET /shelves/{shelf}/items/{sku}",
    "GET /items",
    "POST /items",
    "PUT /items/{sku}",
    "DELETE /holds/{id}",
  ];
  const order = await startService("order", asking("STOCK", stock.url, requests.join(", ")));
  const { id } = await recordIn(await post(`${order.url}/orders`));
  expect(asked(stock)).toEqual(["POST /items", "PUT /items/s-1", "DELETE /holds/s-1"]);
  expect((await fetch(`${order.url}/orders/${id}`)).status).toBe(200);
  expect(asked(stock).slice(3)).toEqual(["GET /shelves/s-1/items/s-1", "GET /items"]);
  expect((await fetch(`${order.url}/orders`)).status).toBe(200);
  expect(asked(stock).slice(5)).toEqual(["GET /items"]);
});

test("a callee that names nothing is asked by custom", async () => {
  const inventory = await startCallee((_, response) => response.writeHead(200).end('{"id":"7"}'));
  const order = await startService("order", calling("INVENTORY", inventory.url));
  const { id } = await recordIn(await post(`${order.url}/orders`));
  await fetch(`${order.url}/orders/${id}`);
  expect(asked(inventory)).toEqual(["POST /inventories", "GET /inventories/7"]);
});

test("of a callee that has made nothing, what has our own record's name is asked, and that there is none is an answer", async () => {
  const prices = await startService("prices", { REQUESTS: "PUT /prices/{sku}, GET /prices/{sku}" });
  const order = await startService("order", asking("PRICES", prices.url, "GET /prices/{sku}"));
  const { id } = await recordIn(await post(`${order.url}/orders`));
  const answer = await fetch(`${order.url}/orders/${id}`);
  expect(answer.status).toBe(200);
  await expect(answer.json()).resolves.toMatchObject({
    calls: { prices: { status: 404, detail: `prices has no ${id}` } },
  });
});

test("a name with a slash or a blank is one segment, at whoever asks and at whoever answers", async () => {
  const stock = await startService("stock", { REQUESTS: "PUT /items/{sku}, GET /items/{sku}" });
  const item = `${stock.url}/items/rope%2F8%20mm`;
  expect((await fetch(item, { method: "PUT", body: "{}" })).status).toBe(201);
  const home = await startService("home", {
    REQUESTS: "GET /home/{sku}",
    ...asking("STOCK", stock.url, "GET /items/{sku}"),
  });
  await expect((await fetch(`${home.url}/home/rope%2F8%20mm`)).json()).resolves.toMatchObject({
    id: "rope/8 mm",
    calls: { stock: { id: "rope/8 mm", service: "stock" } },
  });
  expect((await fetch(`${home.url}/home/100%`)).status).toBe(400);
});

test("that a collection is not there is no answer", async () => {
  const stock = await startCallee(answering(404));
  const order = await startService("order", asking("STOCK", stock.url, "POST /items"));
  expect((await post(`${order.url}/orders`)).status).toBe(502);
});

const stores = {
  REQUESTS: [
    "POST /shelves/{shelf}/items",
    "GET /shelves/{shelf}/items",
    "GET /items/newest",
    "GET /items/{sku}",
    "HEAD /items/{sku}",
    "OPTIONS /items/{sku}",
    "PUT /items/{sku}",
    "PATCH /items/{sku}",
    "DELETE /items/{sku}",
    "PUT /season",
    "POST /items/{sku}",
  ].join(", "),
};

test("a service answers what its description declares, each method in HTTP's own sense", async () => {
  const { url } = await startService("stock", stores);
  const item = `${url}/items/rope`;
  const sends = async (method: string, body?: object, at = item) => {
    const answer = await fetch(at, { method, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, text: await answer.text(), allow: answer.headers.get("allow") };
  };
  expect((await sends("GET")).status).toBe(404);
  expect((await sends("PATCH", {})).status).toBe(404);
  expect((await sends("PUT", { metres: 30, colour: "red" })).status).toBe(201);
  const created = JSON.parse((await sends("GET")).text).created;
  expect((await sends("PUT", { metres: 40 })).status).toBe(200);
  expect(JSON.parse((await sends("PATCH", { colour: "blue" })).text)).toMatchObject({
    ...{ id: "rope", created },
    body: { metres: 40, colour: "blue" },
  });
  expect(await sends("HEAD")).toMatchObject({ status: 200, text: "" });
  expect(await sends("OPTIONS")).toMatchObject({
    status: 204,
    allow: "GET, HEAD, OPTIONS, PUT, PATCH, DELETE, POST",
  });
  expect((await sends("POST", { metres: 50 })).status).toBe(200);
  expect(JSON.parse((await sends("GET")).text).body).toEqual({ metres: 50 });
  expect([await sends("DELETE"), await sends("DELETE")]).toMatchObject([{ status: 204 }, { status: 204 }]);
  expect((await sends("GET")).status).toBe(404);
});

test("a plain end is a collection, also beneath a record, and one thing where it is put", async () => {
  const { url } = await startService("stock", stores);
  const made = await post(`${url}/shelves/3/items`, { sku: "rope" });
  expect(made.status).toBe(201);
  const record = await recordIn(made);
  expect(made.headers.get("location")).toBe(`/shelves/3/items/${record.id}`);
  const list = async (shelf: number) => (await fetch(`${url}/shelves/${shelf}/items`)).json();
  expect([await list(3), await list(4)]).toEqual([[record], []]);
  const put = () => fetch(`${url}/season`, { method: "PUT", body: "{}" });
  expect([(await put()).status, (await put()).status]).toEqual([201, 200]);
});

test("what says more of a path is meant before what says less, and nothing else is served", async () => {
  const { url } = await startService("stock", stores);
  await expect((await fetch(`${url}/items/newest`)).json()).resolves.toEqual([]);
  const refused = await fetch(`${url}/shelves/3/items`, { method: "DELETE" });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "POST, GET"]);
  for (const path of ["/items", "/items/", "/items/rope/knots", "/"])
    expect((await fetch(`${url}${path}`)).status).toBe(404);
});

test("what a description leaves open is a collection and a record by turns", async () => {
  const { url } = await startService("stock", { REQUESTS: "GET /warehouses/*, POST /warehouses/*" });
  const record = await recordIn(await post(`${url}/warehouses/north/items`));
  expect((await fetch(`${url}/warehouses/north/items/${record.id}`)).status).toBe(200);
  await expect((await fetch(`${url}/warehouses/north/items`)).json()).resolves.toEqual([record]);
  expect((await fetch(`${url}/items`)).status).toBe(404);
});

test("where nothing can be written, what is asked for is there, with what its callees say", async () => {
  const orders = await startService("orders", { REQUESTS: "GET /orders, GET /orders/{id}" });
  const home = await startService("home", {
    REQUESTS: "GET /home/{customer}",
    ...asking("ORDERS", orders.url, "GET /orders/{id}"),
  });
  const answer = await fetch(`${home.url}/home/edmund`);
  expect(answer.status).toBe(200);
  await expect(answer.json()).resolves.toMatchObject({
    id: "edmund",
    calls: { orders: { id: "edmund", service: "orders" } },
  });
});
