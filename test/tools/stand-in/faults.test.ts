import { afterEach, expect, test } from "@jest/globals";
import { parseFaults, strikes } from "../../../tools/stand-in/faults.ts";
import { endAll, post, run, startService } from "./service.ts";

afterEach(endAll);

test("a service that is told to crash says so on stderr and ends with 1", async () => {
  const { code, errors } = await run([], { OTEL_SERVICE_NAME: "order", FAULT: "crash=serve" });
  expect(code).toBe(1);
  expect(JSON.parse(errors)).toMatchObject({
    service: "order",
    error: "fault crash=serve: told to crash at start",
  });
});

test("a service that is told to crash when serving still migrates", async () => {
  expect((await run(["migrate"], { FAULT: "crash=serve" })).code).toBe(0);
});

test("a service that is told to fail a path serves the others", async () => {
  const order = await startService("order", { FAULT: "status=503 path=/health/ready" });
  expect((await fetch(`${order.url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${order.url}/health/live`)).status).toBe(200);
  expect((await post(`${order.url}/orders`)).status).toBe(201);
});

test("faults are set, read and taken back while the service runs", async () => {
  const order = await startService("order");
  const tell = (body: string) => fetch(`${order.admin}/faults`, { method: "PUT", body });
  expect((await tell("status=500 delay=1ms")).status).toBe(200);
  expect((await post(`${order.url}/orders`)).status).toBe(500);
  expect((await fetch(`${order.url}/health/live`)).status).toBe(200);
  await expect((await fetch(`${order.admin}/faults`)).json()).resolves.toMatchObject({
    status: 500,
    delay: 1,
  });
  expect((await tell("status=banana")).status).toBe(400);
  expect((await tell("")).status).toBe(200);
  expect((await post(`${order.url}/orders`)).status).toBe(201);
});

test("the command fault tells the service beside it", async () => {
  const order = await startService("order");
  const env = { ADMIN_PORT: new URL(order.admin).port };
  expect((await run(["fault", "status=500", "path=/orders"], env)).code).toBe(0);
  expect((await post(`${order.url}/orders`)).status).toBe(500);
  const refused = await run(["fault", "explode"], env);
  expect(refused.code).toBe(1);
  expect(refused.errors).toContain("is not known; write crash=serve");
});

test("faults are not to be set through the service's own port", async () => {
  const order = await startService("order");
  await fetch(`${order.url}/faults`, { method: "PUT", body: "status=500" });
  expect((await post(`${order.url}/orders`)).status).toBe(201);
});

test("a rate is the share of requests that are struck", () => {
  const never = parseFaults("status=500 rate=0");
  const always = parseFaults("status=500");
  const sometimes = parseFaults("status=500 rate=0.5");
  const struck = (faults: typeof never) =>
    Array.from({ length: 1000 }, () => strikes(faults, "/orders", false));
  expect(struck(never)).not.toContain(true);
  expect(struck(always)).not.toContain(false);
  // One in 2^1000 runs has no hit or no miss.
  expect(new Set(struck(sometimes))).toEqual(new Set([true, false]));
});

test("a path is struck with all beneath it, but not its namesakes", () => {
  const faults = parseFaults("status=500 path=/orders");
  expect(["/orders", "/orders/7", "/orders-archive"].map((path) => strikes(faults, path, false))).toEqual([
    true,
    true,
    false,
  ]);
});

test.each([
  ["explode", 'fault "explode" is not known'],
  ["delay=3", 'delay is "3"; a duration is a whole number with a unit, such as 200ms or 5s'],
  ["rate=2", 'fault rate is "2"; it must be a number from 0 to 1'],
  ["status=200", 'fault status is "200"; it must be a number from 400 to 599'],
])("the fault %s is refused", (text, message) => {
  expect(() => parseFaults(text)).toThrow(message);
});
