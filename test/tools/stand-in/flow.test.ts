import { afterEach, expect, test } from "@jest/globals";
import { endCallees, startCallee } from "./callee.ts";
import { asking, calling, endAll, post, recordIn, served, startService } from "./service.ts";

afterEach(endAll);
afterEach(endCallees);

async function shop() {
  const [inventory, payment, notification] = await Promise.all(
    ["inventory", "payment", "notification"].map((name) => startService(name)),
  );
  const order = await startService("order", {
    SERVICE_VERSION: "2",
    ...calling("INVENTORY", inventory?.url ?? "", "5s", "2"),
    ...calling("PAYMENT", payment?.url ?? ""),
    ...calling("NOTIFICATION", notification?.url ?? ""),
  });
  return { order, callees: [inventory, payment, notification] };
}

test("an order goes through inventory, payment and notification and can be read back", async () => {
  const { order } = await shop();
  const answer = await post(`${order.url}/orders`, { item: "rope" });
  const record = await recordIn(answer);
  expect(answer.status).toBe(201);
  expect(record).toMatchObject({ service: "order", version: "2", body: { item: "rope" } });
  expect(Object.keys(record.calls)).toEqual(["inventory", "payment", "notification"]);
  expect(record.calls.payment).toMatchObject({
    service: "payment",
    body: { item: "rope", order: record.id },
  });
  expect(answer.headers.get("location")).toBe(`/orders/${record.id}`);
  await expect((await fetch(`${order.url}/orders/${record.id}`)).json()).resolves.toEqual(record);
  await expect((await fetch(`${order.url}/orders`)).json()).resolves.toEqual([record]);
});

test("a repeated order is the first one, all along the chain", async () => {
  const { order, callees } = await shop();
  const key = { "idempotency-key": "cart-7" };
  const first = await recordIn(await post(`${order.url}/orders`, { item: "rope" }, key));
  const second = await recordIn(await post(`${order.url}/orders`, { item: "rope" }, key));
  expect(second).toEqual(first);
  await expect((await fetch(`${callees[1]?.url}/payments`)).json()).resolves.toEqual([first.calls.payment]);
});

const both = "POST /payments, GET /payments/{id}";

test("a record that is read has what a callee says by then, where a call reads", async () => {
  const payment = await startService("payment");
  const order = await startService("order", asking("PAYMENT", payment.url, both));
  const record = await recordIn(await post(`${order.url}/orders`, { item: "rope" }));
  const asked = () => fetch(`${order.url}/orders/${record.id}`);
  await expect((await asked()).json()).resolves.toEqual(record);
  expect(await served(payment, 2)).toContain(
    `GET /payments/${(record.calls.payment as { id: string }).id} 200`,
  );
  await fetch(`${payment.admin}/faults`, { method: "PUT", body: "status=500" });
  expect((await asked()).status).toBe(502);
  // The list is the service's own.
  expect((await fetch(`${order.url}/orders`)).status).toBe(200);
});

test("whatever stands between it and the callee may answer for the callee", async () => {
  const payment = await startCallee((request, response) => {
    const body = request.method === "POST" ? { id: "7" } : { state: "unknown" };
    response.writeHead(200).end(JSON.stringify(body));
  });
  const order = await startService("order", asking("PAYMENT", payment.url, both));
  const { id } = await recordIn(await post(`${order.url}/orders`));
  const answer = await fetch(`${order.url}/orders/${id}`);
  expect(answer.status).toBe(200);
  await expect(answer.json()).resolves.toMatchObject({ id, calls: { payment: { state: "unknown" } } });
  expect(payment.requests.map(({ url }) => url)).toEqual(["/payments", "/payments/7"]);
});

test("a trace goes through all services, with a span of its own for each", async () => {
  const { order, callees } = await shop();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const answer = await post(
    `${order.url}/orders`,
    {},
    {
      traceparent: `00-${traceId}-00f067aa0ba902b7-00`,
      tracestate: "vendor=1",
      baggage: "tier=gold",
      "x-correlation-id": "checkout-1",
    },
  );
  expect(answer.headers.get("x-correlation-id")).toBe("checkout-1");
  expect(answer.headers.get("tracestate")).toBe("vendor=1");
  expect(answer.headers.get("baggage")).toBe("tier=gold");
  const own = await order.line(({ message }) => message === "request");
  expect(answer.headers.get("traceparent")).toBe(`00-${traceId}-${own.span_id}-00`);
  expect(own).toMatchObject({
    parent_span_id: "00f067aa0ba902b7",
    method: "POST",
    path: "/orders",
    status: 201,
  });
  const spans = [String(own.span_id)];
  for (const callee of callees) {
    const line = await callee?.line(({ message }) => message === "request");
    expect(line).toMatchObject({
      trace_id: traceId,
      parent_span_id: own.span_id,
      correlation_id: "checkout-1",
    });
    spans.push(String(line?.span_id));
  }
  expect(new Set(spans).size).toBe(4);
});

test("a log line holds neither body nor query", async () => {
  const payment = await startService("payment");
  await post(`${payment.url}/payments?token=hush`, { card: "4111" });
  const line = JSON.stringify(await payment.line(({ message }) => message === "request"));
  expect(line).toContain('"path":"/payments"');
  expect(line).not.toMatch(/hush|4111/);
});

test.each([
  ["a body that is no JSON object", { method: "POST", body: "[1]" }, "/orders", 400],
  [
    "a body that is too large",
    { method: "POST", body: JSON.stringify({ a: "x".repeat(70_000) }) },
    "/orders",
    413,
  ],
  ["a record that is not there", {}, "/orders/7", 404],
  ["a path that is not served", {}, "/Orders/7/lines", 404],
  ["a path that is too long", {}, `/orders/${"7".repeat(1024)}`, 414],
  ["a probe that is not there", {}, "/health/steady", 404],
  ["a method that is not served", { method: "DELETE" }, "/orders", 405],
])("%s is answered with a problem", async (_name, request, path, status) => {
  const order = await startService("order", { REQUESTS: "POST /orders, GET /orders, GET /orders/{id}" });
  const answer = await fetch(`${order.url}${path}`, request);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  await expect(answer.json()).resolves.toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
  });
});
