import { afterEach, expect, test } from "@jest/globals";
import { asking, calling, endAll, post, recordIn, run, served, startService } from "./service.ts";

afterEach(endAll);

const methods = ["shop.v1.Stock/GetItem", "shop.v1.Stock/Reserve", "stream shop.v1.Stock/Follow"].join(", ");

const grpcStock = () => startService("stock", { PROTOCOL: "grpc", REQUESTS: methods });

const target = (url: string) => url.replace("http://", "dns:///");

test("a service that speaks gRPC answers the methods of its description, and no others", async () => {
  const { url } = await grpcStock();
  const ask = async (method: string, text: string) =>
    (await run(["ask", target(url), method, text])).lines[0];
  const { text } = (await ask("shop.v1.Stock/Reserve", "{}")) as { text: string };
  expect(await ask("shop.v1.Stock/GetItem", JSON.parse(text).id)).toEqual({ status: "OK", text });
  for (const method of ["shop.v1.Stock/Burn", "standin.v1.Records/Get"])
    expect(await ask(method, "")).toMatchObject({ status: "UNIMPLEMENTED" });
});

test("a callee that speaks gRPC is asked its methods: writes by a write, reads by a read, and no stream", async () => {
  const stock = await grpcStock();
  const order = await startService("order", asking("STOCK", target(stock.url), methods, "grpc"));
  const record = await recordIn(await post(`${order.url}/orders`, { sku: "rope" }));
  expect(record.calls.stock).toMatchObject({ service: "stock", body: { sku: "rope", order: record.id } });
  expect(await served(stock, 1)).toEqual(["POST /shop.v1.Stock/Reserve OK"]);
  await expect((await fetch(`${order.url}/orders/${record.id}`)).json()).resolves.toEqual(record);
  expect((await served(stock, 2)).slice(1)).toEqual(["POST /shop.v1.Stock/GetItem OK"]);
  const [own, theirs] = [order, stock].map(({ lines }) => lines.find(({ path }) => path !== undefined));
  expect([theirs?.trace_id, theirs?.correlation_id]).toEqual([own?.trace_id, own?.correlation_id]);
});

test("a callee that names no methods is asked the stand-in's own", async () => {
  const stock = await startService("stock", { PROTOCOL: "grpc" });
  const order = await startService("order", {
    ...calling("STOCK", target(stock.url)),
    STOCK_PROTOCOL: "grpc",
  });
  const record = await recordIn(await post(`${order.url}/orders`));
  expect(record.calls.stock).toMatchObject({ service: "stock" });
});

test("what gRPC says is told: it is tried again when it passes, named when it does not", async () => {
  const stock = await grpcStock();
  const order = await startService("order", {
    ...asking("STOCK", target(stock.url), methods, "grpc"),
    STOCK_ATTEMPTS: "3",
  });
  const tell = (body: string) => fetch(`${stock.admin}/faults`, { method: "PUT", body });
  await tell("status=503");
  await expect((await post(`${order.url}/orders`)).json()).resolves.toMatchObject({
    ...{ status: 502, callee: "stock", detail: "stock answered UNAVAILABLE" },
  });
  expect(await served(stock, 3)).toEqual(Array(3).fill("POST /shop.v1.Stock/Reserve UNAVAILABLE"));
  await tell("status=403");
  await expect((await post(`${order.url}/orders`)).json()).resolves.toMatchObject({
    detail: "stock answered PERMISSION_DENIED",
  });
  // Once, the fourth in all.
  await tell("");
  await post(`${order.url}/orders`);
  expect((await served(stock, 5)).slice(3)).toEqual([
    "POST /shop.v1.Stock/Reserve PERMISSION_DENIED",
    "POST /shop.v1.Stock/Reserve OK",
  ]);
});

test("a gRPC callee that does not answer in time is a 504", async () => {
  const stock = await grpcStock();
  const order = await startService("order", {
    ...asking("STOCK", target(stock.url), methods, "grpc"),
    STOCK_TIMEOUT: "100ms",
  });
  await fetch(`${stock.admin}/faults`, { method: "PUT", body: "delay=10s" });
  const answer = await post(`${order.url}/orders`);
  expect(answer.status).toBe(504);
  await expect(answer.json()).resolves.toMatchObject({
    detail: "stock did not answer within 100 ms (1 try)",
  });
});

test("a callee that speaks GraphQL is asked by mutation and query, at the path of its description", async () => {
  const requests = "GET /api/graphql, POST /api/graphql";
  const catalogue = await startService("catalogue", { PROTOCOL: "graphql", REQUESTS: requests });
  const order = await startService(
    "order",
    asking("CATALOGUE", `${catalogue.url}/api/graphql`, requests, "graphql"),
  );
  const record = await recordIn(await post(`${order.url}/orders`));
  expect(record.calls.catalogue).toMatchObject({ service: "catalogue" });
  await expect((await fetch(`${order.url}/orders/${record.id}`)).json()).resolves.toEqual(record);
  expect(await served(catalogue, 2)).toEqual(["POST /api/graphql 200", "GET /api/graphql 200"]);
  expect((await fetch(`${catalogue.url}/graphql`)).status).toBe(404);
});
