import { afterEach, expect, test } from "@jest/globals";
import { Capacity, Overload } from "../../../tools/stand-in/capacity.ts";
import { endAll, post, startService } from "./service.ts";

afterEach(endAll);

test("requests beyond those served and queued are turned away with 503 and Retry-After", async () => {
  const order = await startService("order", {
    CAPACITY_CONCURRENCY: "1",
    CAPACITY_QUEUE: "2",
    CAPACITY_SERVICE_TIME: "1h",
  });
  const answers: Response[] = [];
  await new Promise<void>((resolve) => {
    const note = (answer: Response) => {
      if (answers.push(answer) === 5) {
        resolve();
      }
    };
    for (let sent = 0; sent < 8; sent += 1) {
      post(`${order.url}/orders`).then(note, () => undefined);
    }
  });
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(503));
  expect(answers[0]?.headers.get("retry-after")).toBe("1");
  expect(answers[0]?.headers.get("content-type")).toBe("application/problem+json");
});

test("probes are answered while the service is full", async () => {
  const order = await startService("order", { CAPACITY_CONCURRENCY: "1", CAPACITY_SERVICE_TIME: "1h" });
  post(`${order.url}/orders`).catch(() => undefined);
  expect((await fetch(`${order.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${order.url}/health/ready`)).status).toBe(200);
});

test("no more turns are taken at a time than the concurrency", async () => {
  const capacity = new Capacity({ kind: "wait", concurrency: 2, serviceTime: 50, queue: 4 });
  const started = performance.now();
  await Promise.all(Array.from({ length: 6 }, () => capacity.serve()));
  // Six turns, two at a time, are three rounds; a timer may be a millisecond early.
  expect(performance.now() - started).toBeGreaterThanOrEqual(3 * 50 - 5);
});

test("a turn that was refused leaves the capacity as it was", async () => {
  const capacity = new Capacity({ kind: "wait", concurrency: 1, serviceTime: 20, queue: 0 });
  const first = capacity.serve();
  await expect(capacity.serve()).rejects.toThrow(Overload);
  await first;
  await expect(capacity.serve()).resolves.toBeUndefined();
});

test("a service of the kind cpu burns its service time", async () => {
  const capacity = new Capacity({ kind: "cpu", concurrency: 1, serviceTime: 100, queue: 0 });
  const before = process.cpuUsage();
  await capacity.serve();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeGreaterThanOrEqual(95);
});
