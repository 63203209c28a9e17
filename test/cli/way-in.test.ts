import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { KubeConfig } from "@kubernetes/client-node";
import { gatewayOf } from "../../cli/way-in.ts";
import { environment, meshed } from "../constructs/example.ts";

let server: Server;
let cluster: KubeConfig;
let services: object[];

beforeEach(async () => {
  const pods = [{ metadata: { name: "ingress-1", labels: { istio: "ingress", app: "ingress" } } }];
  server = createServer(({ url = "" }, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ items: url.includes("/services") ? services : pods }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cluster = new KubeConfig();
  cluster.loadFromClusterAndUser({ name: "shop", server: address, skipTLSVerify: true }, { name: "me" });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const service = (name: string, selector: object, more: object = {}) => ({
  metadata: { name },
  spec: { clusterIP: "10.96.0.9", selector, ports: [{ name: "http2", port: 80 }] },
  ...more,
});

test("the Service over the gateway's pods is found, whatever it is called", async () => {
  services = [service("headless", {}), service("other", { app: "other" }), service("in", { app: "ingress" })];
  expect(await gatewayOf(cluster, meshed)).toEqual({
    namespace: "istio-ingress",
    name: "in",
    url: "http://10.96.0.9",
  });
});

test("a load balancer's address goes before the cluster's own, and a host name before both", async () => {
  const status = { loadBalancer: { ingress: [{ ip: "203.0.113.9" }] } };
  services = [service("in", { app: "ingress" }, { status })];
  expect(await gatewayOf(cluster, meshed)).toMatchObject({ url: "http://203.0.113.9" });
  const host = "shop.mountainpass.example";
  const named = { ...meshed, gateway: { ...meshed.gateway, host } as typeof meshed.gateway };
  expect(await gatewayOf(cluster, named)).toMatchObject({ url: `http://${host}`, host });
});

test("a gateway that no Service leads to is told", async () => {
  services = [service("other", { app: "other" })];
  await expect(gatewayOf(cluster, meshed)).rejects.toThrow(
    "no Service of istio-ingress leads to pods of istio-ingress/shop (istio=ingress)",
  );
});

test("without a gateway there is no way in", async () => {
  expect(await gatewayOf(cluster, environment)).toBeUndefined();
});
