import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import devImages from "../../stacks/images.dev.json" with { type: "json" };
import { buildImages } from "../../tools/images/index.ts";
import { endAll, post, recordIn, run, startService } from "../tools/stand-in/service.ts";
import { bind, end, runInImage, unpackImage } from "./container.ts";

jest.setTimeout(120_000);

let folder = "";
let root = "";
let binding = "";
let database: ChildProcess;

/** The binding as a cluster mounts it, and the same files within the database's own container. */
async function writeBinding(keys: Record<string, string>): Promise<void> {
  await mkdir(join(binding, "database"), { recursive: true });
  for (const [key, value] of Object.entries(keys)) {
    await writeFile(join(binding, "database", key), value);
  }
}

async function startDatabase(): Promise<void> {
  await bind(binding, root);
  database = runInImage(root, ["/entrypoint.sh"], {
    PGHOST: "/tmp",
    PGUSER: "postgres",
    PGDATA: "/var/lib/postgresql/data/main",
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Asks until the service is ready, for as long as the test may take. */
async function ready(url: string): Promise<void> {
  while (!(await fetch(`${url}/health/ready`)).ok) {
    await setTimeout(100);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-"));
  binding = join(folder, "bindings");
  root = join(folder, "postgres");
  const { images } = await buildImages(Object.keys(devImages.services));
  const image = images.find(({ references }) => references.some((name) => name.includes("/postgres:")));
  await unpackImage(image?.archive ?? "", root);
  const data = join(root, "var/lib/postgresql/data");
  await mkdir(data, { recursive: true });
  await chown(data, 65532, 65532);
  await writeBinding({
    type: "postgresql",
    host: "127.0.0.1",
    port: String(await freePort()),
    username: "order",
    database: "order",
    password: `it's "one"`,
  });
  await startDatabase();
});

afterEach(endAll);

afterAll(async () => {
  await end(database, "SIGINT");
  await rm(folder, { recursive: true });
});

test("two migrations at once wait for the database and leave one schema", async () => {
  const env = { SERVICE_BINDING_ROOT: binding };
  const runs = await Promise.all([run(["migrate"], env), run(["migrate"], env)]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(runs[0]?.lines).toMatchObject([{ message: "migrated", schema: 2 }]);
});

test("an order outlives the service that took it, and is kept once however often it is placed", async () => {
  const env = { SERVICE_BINDING_ROOT: binding };
  const key = { "idempotency-key": "cart-1" };
  const first = await startService("order", env);
  const placed = await recordIn(await post(`${first.url}/orders`, { item: "rope" }, key));
  first.signal("SIGTERM");
  await first.ended;
  const second = await startService("order", env);
  expect(await recordIn(await fetch(`${second.url}/orders/${placed.id}`))).toEqual(placed);
  expect(await recordIn(await post(`${second.url}/orders`, { item: "rope" }, key))).toEqual(placed);
  expect(await recordIn(await fetch(`${second.url}/orders`))).toEqual([placed]);
});

test("a service is not ready without its database, and heals when it comes back with another password", async () => {
  const order = await startService("order", { SERVICE_BINDING_ROOT: binding });
  await ready(order.url);
  await end(database, "SIGINT");
  expect((await fetch(`${order.url}/health/ready`)).status).toBe(503);
  expect((await post(`${order.url}/orders`)).status).toBe(503);
  expect((await fetch(`${order.url}/health/live`)).status).toBe(200);
  await writeBinding({ password: "another one" });
  await startDatabase();
  await ready(order.url);
  expect((await post(`${order.url}/orders`)).status).toBe(201);
});

test("a job lets records go that are older than they may be", async () => {
  const job = (retention: string) =>
    run(["job", "nightly"], { SERVICE_BINDING_ROOT: binding, RETENTION: retention });
  expect((await job("1h")).lines).toMatchObject([{ message: "job done", job: "nightly", expired: 0 }]);
  expect((await job("0ms")).lines).toMatchObject([{ left: 0 }]);
});
