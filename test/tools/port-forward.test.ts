import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { KubeConfig } from "@kubernetes/client-node";
import { forward } from "../../tools/port-forward.ts";

let server: Server;
let config: KubeConfig;
let ready: "True" | "False";
let asked: string[];
beforeEach(async () => {
  asked = [];
  server = createServer(({ url = "" }, response) => {
    asked.push(decodeURIComponent(url));
    const pod = { metadata: { name: "order-1" }, status: { conditions: [{ type: "Ready", status: ready }] } };
    const service = { spec: { selector: { app: "order", track: "stable" }, ports: [{ port: 3000 }] } };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(url.includes("/services/") ? service : { items: [pod] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: "shop",
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      skipTLSVerify: true,
    },
    { name: "me" },
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("a ready pod behind the Service is reached over a free port of loopback", async () => {
  ready = "True";
  const forwarded = await forward(config, "dev-order", "order");
  expect(forwarded.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(asked.at(-1)).toBe("/api/v1/namespaces/dev-order/pods?labelSelector=app=order,track=stable");
  forwarded.close();
});

test("a Service without a ready pod is said to have none", async () => {
  ready = "False";
  await expect(forward(config, "dev-order", "order")).rejects.toThrow(
    "dev-order/order has no ready pod; see kubectl -n dev-order get pods",
  );
});
