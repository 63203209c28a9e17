import { afterEach, expect, test } from "@jest/globals";
import {
  type Call,
  call,
  Duration,
  external,
  graphql,
  grpc,
  render,
  resolve,
  rest,
  type Service,
  service,
} from "../../../constructs/index.ts";
import { services } from "../../../services/index.ts";
import { environments } from "../../../stacks/environments.ts";
import { endCallees, startCallee } from "./callee.ts";
import { endAll, post, type Running, recordIn, served, startService } from "./service.ts";

afterEach(endAll);
afterEach(endCallees);

/** Starts these services, callees first, with what the kit tells their containers; only where they are is of this machine. */
async function startDescribed(shop: readonly Service[], at: Record<string, string> = {}) {
  const externals = Object.fromEntries(Object.keys(at).map((name) => [name, place]));
  const images = Object.fromEntries(shop.map(({ name }) => [name, `images.example/${name}:1`]));
  const where = { ...environments.dev, images, sizing: {}, externals };
  const running = new Map<string, Running>();
  const urls = new Map(Object.entries(at));
  for (const { name, manifests } of render(resolve(shop, where))) {
    const workload = manifests.find(({ kind }) => kind === "Deployment" || kind === "Rollout");
    const [container] = (workload as unknown as Workload).spec.template.spec.containers;
    const told = container?.env.map(({ name, value }) => [name, local(name, value, urls)]) ?? [];
    const { SERVICE_BINDING_ROOT: _, ...env } = Object.fromEntries(told);
    const started = await startService(name, env);
    running.set(name, started);
    urls.set(name, started.url);
  }
  const of = (name: string) => running.get(name) as Running;
  return {
    url: (name: string) => of(name).url,
    served: (name: string, count: number) => served(of(name), count),
  };
}

interface Workload {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

function local(name: string, value: string, urls: ReadonlyMap<string, string>): string {
  if (name === "PORT") return "0";
  const callee = /^(.+)_URL$/.exec(name)?.[1]?.toLowerCase().replaceAll("_", "-") ?? "";
  const url = urls.get(callee);
  if (url === undefined) return value;
  // Scheme and path are what the kit says.
  return value.startsWith("dns:")
    ? url.replace("http://", "dns:///")
    : `${url}${new URL(value).pathname}`.replace(/\/$/, "");
}

const place = {
  kind: "dns",
  host: "sandbox.cards.example",
  port: 443,
  tls: { kind: "simple" },
  subnets: "public",
} as const;

test("MountainPass does what its descriptions say, and no more", async () => {
  const order = services.filter(({ name }) => name === "order");
  const callees = services.filter(({ name }) => !["order", "rental"].includes(name));
  const shop = await startDescribed([...callees, ...order]);
  const { url } = shop;
  const record = await recordIn(await post(`${url("order")}/orders`, { item: "rope" }));
  const id = (name: string) => (record.calls[name] as { id: string }).id;
  expect(Object.keys(record.calls)).toEqual(["inventory", "payment", "notification"]);
  await expect((await fetch(`${url("order")}/orders/${record.id}`)).json()).resolves.toEqual(record);
  await expect((await fetch(`${url("order")}/orders`)).json()).resolves.toEqual([record]);
  expect(await shop.served("inventory", 1)).toEqual(["POST /inventories 201"]);
  expect(await shop.served("payment", 2)).toEqual([
    "POST /payments 201",
    `GET /payments/${id("payment")} 200`,
  ]);
  expect(await shop.served("notification", 1)).toEqual(["POST /notifications 201"]);
});

test("each kind of API is asked and answered in its own way, whatever its requests are called", async () => {
  const owner = "warehouse";
  const stock = service("stock", {
    owner,
    api: grpc({
      port: 4000,
      requests: {
        "shop.v1.Stock/GetItem": { idempotent: true },
        "shop.v1.Stock/Reserve": {},
        "shop.v1.Stock/Follow": { streaming: true },
      },
    }),
  });
  const catalogue = service("catalogue", { owner, api: graphql({ port: 4000, path: "/api/graphql" }) });
  const prices = service("prices", {
    owner,
    api: rest({ port: 3000, requests: { "GET /currencies/{code}/prices/{sku}": {}, "GET /currencies": {} } }),
  });
  const all: () => Call[] = () => [call(stock.api), call(catalogue.api), call(prices.api)];
  const buyer = service("buyer", { owner, api: rest({ port: 3000 }), calls: all });
  const shop = await startDescribed([stock, catalogue, prices, buyer]);
  const { url } = shop;
  const answer = await post(`${url("buyer")}/buyers`);
  expect(answer.status).toBe(201);
  const { id } = await recordIn(answer);
  const read = await fetch(`${url("buyer")}/buyers/${id}`);
  expect(read.status).toBe(200);
  await expect(read.json()).resolves.toMatchObject({
    calls: { stock: { service: "stock" }, catalogue: { service: "catalogue" } },
  });
  expect(await shop.served("stock", 2)).toEqual([
    "POST /shop.v1.Stock/Reserve OK",
    "POST /shop.v1.Stock/GetItem OK",
  ]);
  expect(await shop.served("catalogue", 2)).toEqual(["POST /api/graphql 200", "GET /api/graphql 200"]);
  expect(await shop.served("prices", 2)).toEqual([
    `GET /currencies/${id}/prices/${id} 200`,
    "GET /currencies 200",
  ]);
});

test("an external is asked what the call names, where the environment has it, and what it refuses is named", async () => {
  let status = 201;
  const cards = await startCallee((_, response) => response.writeHead(status).end('{"id":"ch-1"}'));
  const cardNetwork = external("card-network", {
    owner: "checkout",
    requests: { "GET /charges/{id}": {}, "POST /charges": {}, "POST /refunds": {} },
  });
  const refund = service("refund", {
    owner: "checkout",
    api: rest({ port: 3000 }),
    calls: () => [
      call(cardNetwork.api, { requests: ["GET /charges/{id}"], timeout: Duration.seconds(5) }),
      call(cardNetwork.api, { requests: ["POST /charges"], timeout: Duration.seconds(5) }),
    ],
  });
  const { url } = await startDescribed([refund], { "card-network": cards.url });
  const { id } = await recordIn(await post(`${url("refund")}/refunds`));
  expect((await fetch(`${url("refund")}/refunds/${id}`)).status).toBe(200);
  expect(cards.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST /charges",
    "GET /charges/ch-1",
  ]);
  status = 401;
  const refused = await post(`${url("refund")}/refunds`);
  expect(refused.status).toBe(502);
  await expect(refused.json()).resolves.toMatchObject({ detail: "card-network answered 401" });
});
