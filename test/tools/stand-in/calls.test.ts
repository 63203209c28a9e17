import { afterEach, expect, test } from "@jest/globals";
import { answering, endCallees, startCallee } from "./callee.ts";
import { calling, endAll, post, recordIn, startService } from "./service.ts";

afterEach(endAll);
afterEach(endCallees);

test("a call that fails once is tried again under the same idempotency key", async () => {
  const inventory = await startCallee(answering(503, 201));
  const order = await startService("order", calling("INVENTORY", inventory.url, "5s", "2"));
  const answer = await post(`${order.url}/orders`);
  expect(answer.status).toBe(201);
  const { id } = await recordIn(answer);
  expect(inventory.requests.map((request) => request.headers["idempotency-key"])).toEqual([id, id]);
  expect(inventory.requests.map((request) => request.url)).toEqual(["/inventories", "/inventories"]);
});

test("a callee that keeps failing is named in a 502 after all attempts", async () => {
  const inventory = await startCallee(answering(500));
  const order = await startService("order", calling("INVENTORY", inventory.url, "5s", "3"));
  const answer = await post(`${order.url}/orders`);
  expect(answer.status).toBe(502);
  await expect(answer.json()).resolves.toMatchObject({
    callee: "inventory",
    detail: "inventory answered 500",
  });
  expect(inventory.requests).toHaveLength(3);
});

test("a callee that refuses is not asked again", async () => {
  const inventory = await startCallee(answering(409));
  const order = await startService("order", calling("INVENTORY", inventory.url, "5s", "3"));
  expect((await post(`${order.url}/orders`)).status).toBe(502);
  expect(inventory.requests).toHaveLength(1);
});

test("a callee that does not answer in time is a 504, and the calls after it are not made", async () => {
  const payment = await startCallee(() => {});
  const notification = await startCallee(answering(201));
  const order = await startService("order", {
    ...calling("PAYMENT", payment.url, "50ms", "2"),
    ...calling("NOTIFICATION", notification.url),
  });
  const answer = await post(`${order.url}/orders`);
  expect(answer.status).toBe(504);
  await expect(answer.json()).resolves.toMatchObject({
    callee: "payment",
    detail: "payment did not answer within 50 ms (2 tries)",
  });
  expect(payment.requests).toHaveLength(2);
  expect(notification.requests).toHaveLength(0);
});

test("a callee that cannot be reached is a 502", async () => {
  const order = await startService("order", calling("GIFT_CARD", "http://127.0.0.1:1"));
  const answer = await post(`${order.url}/orders`);
  expect(answer.status).toBe(502);
  await expect(answer.json()).resolves.toMatchObject({ callee: "gift-card" });
});
