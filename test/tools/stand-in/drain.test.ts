import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "@jest/globals";
import { endCallees, startHeldCallee } from "./callee.ts";
import { calling, endAll, post, startService } from "./service.ts";

afterEach(endAll);
afterEach(endCallees);

test("no request is lost when the service is stopped under steady load", async () => {
  const order = await startService("order", {
    CAPACITY_SERVICE_TIME: "20ms",
    CAPACITY_QUEUE: "1000",
    DRAIN: "1m",
  });
  const answers: Promise<Response>[] = [];
  const send = async (count: number) => {
    for (let sent = 0; sent < count; sent += 1) {
      answers.push(post(`${order.url}/orders`));
      await setTimeout(5);
    }
  };
  await send(40);
  order.signal("SIGTERM");
  await send(60);
  const settled = await Promise.all(answers);
  expect(settled.map(({ status }) => status)).toEqual(Array(100).fill(201));
  expect(settled.at(-1)?.headers.get("connection")).toBe("close");
  await expect(order.ended).resolves.toBe(0);
});

test("a service that is stopping is alive but not ready", async () => {
  const order = await startService("order");
  order.signal("SIGTERM");
  await order.line(({ message }) => message === "draining");
  expect((await fetch(`${order.url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${order.url}/health/live`)).status).toBe(200);
  await expect(order.ended).resolves.toBe(0);
});

test("a request under way is finished although the door is closed", async () => {
  const inventory = await startHeldCallee();
  const order = await startService("order", { DRAIN: "1h", ...calling("INVENTORY", inventory.url, "1h") });
  const answer = post(`${order.url}/orders`);
  await inventory.asked;
  order.signal("SIGTERM");
  await closed(order.url);
  inventory.release();
  expect((await answer).status).toBe(201);
  await expect(order.ended).resolves.toBe(0);
});

test("a request that outlasts the drain is cut off, and the exit code says so", async () => {
  const inventory = await startHeldCallee();
  const order = await startService("order", { DRAIN: "500ms", ...calling("INVENTORY", inventory.url, "1h") });
  const answer = post(`${order.url}/orders`).catch(() => "cut off");
  await inventory.asked;
  order.signal("SIGTERM");
  await expect(answer).resolves.toBe("cut off");
  await expect(order.ended).resolves.toBe(2);
});

test("a second signal ends the service at once", async () => {
  const inventory = await startHeldCallee();
  const order = await startService("order", { DRAIN: "1h", ...calling("INVENTORY", inventory.url, "1h") });
  const answer = post(`${order.url}/orders`).catch(() => "cut off");
  await inventory.asked;
  order.signal("SIGTERM");
  await order.line(({ message }) => message === "draining");
  order.signal("SIGTERM");
  await expect(order.ended).resolves.toBe(1);
  await expect(answer).resolves.toBe("cut off");
});

/** Resolves when a service takes no more connections; probes do not count as traffic that keeps it open. */
async function closed(url: string): Promise<void> {
  const isOpen = () => fetch(`${url}/health/live`).then(Boolean, () => false);
  while (await isOpen()) {
    await setTimeout(50);
  }
}
