import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ask } from "./load.ts";
import { home, MeshedShop, standIn, sumOf } from "./mesh-shop.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** In the mesh, with a certificate of its own, and in nobody's description. */
const insider = "stranger-inside";
/** Without a sidecar. */
const outsider = "stranger-outside";

/** What came of an attempt: a status, the bytes that a database answered with, or how it was cut off. */
interface Attempt {
  readonly status?: number;
  readonly text?: string;
  readonly bytes?: string;
  readonly error?: string;
}

/** Nobody asks what no description says, whatever way they take; and it is counted. */
export function trust(scene: () => Scene): void {
  let meshed: MeshedShop;
  let order: string;

  beforeAll(async () => {
    const { checkout, cluster } = scene();
    meshed = new MeshedShop(cluster);
    const images = await readFile(join(checkout.folder, "stacks/images.dev.json"), "utf8");
    const image = JSON.parse(images).services.order;
    const { failed, stderr } = await cluster.apply([
      ...stranger(insider, image, { "istio-injection": "enabled" }),
      ...stranger(outsider, image, {}),
    ]);
    if (failed) throw new Error(stderr);
    for (const name of [insider, outsider])
      await cluster.kubectl("rollout", "status", "-n", name, `deployment/${name}`, "--timeout=120s");
    const orders = `${await scene().cluster.gateway()}/orders`;
    order = `${orders}/${JSON.parse(await ask(orders, { note: "trusted" })).id}`;
  });

  afterAll(async () => {
    await scene().cluster.kubectl("delete", "namespace", insider, outsider, "--wait=false");
  });

  test("what order is allowed works all the while", async () => {
    expect(JSON.parse(await ask(order)).calls.payment).toMatchObject({ service: "payment" });
  });

  test("the gateway takes off what a client says of timeouts: kept, a millisecond would be too short", async () => {
    const headers = {
      "x-envoy-upstream-rq-timeout-ms": "1",
      "x-envoy-upstream-rq-per-try-timeout-ms": "1",
    };
    const { status } = await fetch(order, { headers });
    expect(status).toBe(200);
  });

  test("a pod of the mesh with another name than order's is refused by payment, and counted", async () => {
    const answer = await refused(
      "a wrong principal",
      () => meshed.statistic("payment", denied),
      () => http(insider, insider, payments),
    );
    expect(answer).toEqual({ status: 403, text: "RBAC: access denied" });
  });

  test("a service that has not declared the call does not get out of its own pod, and is counted there", async () => {
    const [pod] = await meshed.pods("notification");
    const answer = await refused(
      "an undeclared caller",
      () => meshed.statistic("notification", nowhere),
      () => http(home("notification"), pod?.metadata.name ?? "", payments, "notification"),
    );
    expect(answer).toEqual({ error: expect.stringMatching(cutOff) });
  });

  test("a declared caller is told at home that it has not declared this request, and is counted there", async () => {
    const [pod] = await meshed.pods("order");
    const answer = await refused(
      "an undeclared request",
      () => meshed.statistic("order", atHome),
      () => http(home("order"), pod?.metadata.name ?? "", payments, "order"),
    );
    expect(answer).toEqual({
      status: 403,
      text: "order does not ask this of payment; name it in the requests of the call",
    });
  });

  test.each([
    "the Service",
    "a pod's address",
  ])("plain text to %s is cut off by payment, and counted", async (way) => {
    const [pod] = await meshed.pods("payment");
    const url = way === "the Service" ? payments : `http://${pod?.status.podIP}:3000/payments`;
    const answer = await refused(
      `plain text to ${way}`,
      () => meshed.statistic("payment", plainText),
      () => http(outsider, outsider, url),
    );
    expect(answer).toEqual({ error: expect.stringMatching(cutOff) });
  });

  test("nor does a pod's address help whoever has a certificate: it is refused and counted at home", async () => {
    const [pod] = await meshed.pods("payment");
    const answer = await refused(
      "a pod's address from inside",
      async () => sumOf(await strangersStatistics(), atHome),
      () => http(insider, insider, `http://${pod?.status.podIP}:3000/payments`),
    );
    expect(answer).toEqual({ status: 502, text: "" });
  });

  test.each([
    [insider, denied],
    [outsider, plainText],
  ])("no byte of a database comes back to %s, and its own sidecar counts that", async (name, counter) => {
    const answer = await refused(
      `raw TCP to a database from ${name}`,
      () => meshed.statistic("payment", counter, "database"),
      () => tcp(name, "payment-database.dev-payment.svc.cluster.local", 5432),
    );
    expect(answer).toEqual({ error: expect.stringMatching(/closed|ECONNRESET/) });
  });

  /** An attempt that is counted once as a refusal, where it is refused. */
  async function refused(what: string, count: () => Promise<number>, attempt: () => Promise<Attempt>) {
    const before = await count();
    const answer = await attempt();
    const after = await until(`${what} counted`, count, (now) => now > before, 1);
    show(what, { ...answer, counted: after - before });
    expect(after - before).toBe(1);
    return answer;
  }

  function strangersStatistics(): Promise<string> {
    return scene().cluster.kubectl(
      ...["exec", "-n", insider, `deployment/${insider}`, "-c", "istio-proxy", "--"],
      ...["pilot-agent", "request", "GET", "stats"],
    );
  }

  function http(namespace: string, name: string, url: string, container = name): Promise<Attempt> {
    return attempt(namespace, name, container, asksHttp, url);
  }

  function tcp(name: string, host: string, port: number): Promise<Attempt> {
    return attempt(name, name, name, asksTcp, host, String(port));
  }

  async function attempt(
    namespace: string,
    name: string,
    container: string,
    ...words: string[]
  ): Promise<Attempt> {
    const { cluster } = scene();
    const target = namespace === name ? `deployment/${name}` : name;
    const [program = "", ...args] = words;
    return JSON.parse(
      await cluster.kubectl(
        ...["exec", "-n", namespace, target, "-c", container, "--"],
        ...[standIn[0] as string, "--input-type=module", "--eval", program, ...args],
      ),
    );
  }
}

const payments = "http://payment.dev-payment.svc.cluster.local:3000/payments";

/** Of requests and of connections that an AuthorizationPolicy refused. */
const denied = /rbac\.denied$/;
/** Of requests that are answered where they are asked, because they go nowhere. */
const atHome = /^http\.outbound_.*\.rq_direct_response$/;
/** Of connections that are to go where nobody is. */
const nowhere = /^cluster\.BlackHoleCluster;\.upstream_cx_none_healthy$/;
/** Of connections without a certificate. */
const plainText = /^listener\..*15006.*\.no_filter_chain_match$/;

/** How a client says that its connection was closed. */
const cutOff = /ECONNRESET|other side closed/;

const asksHttp = `
const [url] = process.argv.slice(1);
const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
  async (response) => ({ status: response.status, text: (await response.text()).slice(0, 200) }),
  ({ message, cause }) => ({ error: [message, cause?.code, cause?.message].join(" ") }),
);
console.log(JSON.stringify(answer));
`;

// What a client of PostgreSQL begins with: whether TLS is spoken. Every PostgreSQL answers with one byte.
const asksTcp = `
import { connect } from "node:net";
const [host, port] = process.argv.slice(1);
const socket = connect(Number(port), host);
const answer = await new Promise((resolve) => {
  socket.on("connect", () => socket.write(Buffer.from("0000000804d2162f", "hex")));
  socket.on("data", (data) => resolve({ bytes: data.toString("hex") }));
  socket.on("error", ({ code }) => resolve({ error: code }));
  socket.on("close", () => resolve({ error: "closed" }));
  setTimeout(() => resolve({ error: "silence" }), 5000);
});
console.log(JSON.stringify(answer));
process.exit();
`;

/** A namespace with one pod that has a name, a program to ask with, and no right to anything. */
function stranger(name: string, image: string, labels: Record<string, string>): object[] {
  const metadata = { name, namespace: name };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            serviceAccountName: name,
            terminationGracePeriodSeconds: 1,
            containers: [{ name, image, imagePullPolicy: "IfNotPresent" }],
          },
        },
      },
    },
  ];
}
