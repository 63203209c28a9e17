import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ask } from "./load.ts";
import { home, MeshedShop, standIn } from "./mesh-shop.ts";
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
    const orders = `${await meshed.gateway()}/orders`;
    order = `${orders}/${JSON.parse(await ask(orders, { note: "trusted" })).id}`;
  });

  afterAll(async () => {
    await scene().cluster.kubectl("delete", "namespace", insider, outsider, "--wait=false");
  });

  test("what order is allowed works all the while", async () => {
    expect(JSON.parse(await ask(order)).calls.payment).toMatchObject({ service: "payment" });
  });

  test("a pod of the mesh with another name than order's is refused by payment, and counted", async () => {
    const before = await meshed.statistic("payment", denied);
    const answer = await http(insider, insider, payments);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining("RBAC") });
    const refused = await meshed.statistic("payment", denied);
    show("a wrong principal", { ...answer, counted: refused - before });
    expect(refused).toBeGreaterThan(before);
  });

  test("a service that has not declared the call does not get out of its own pod", async () => {
    const [pod] = await meshed.pods("notification");
    const answer = await http(home("notification"), pod?.metadata.name ?? "", payments, "notification");
    show("an undeclared caller", answer);
    expect(answer.status ?? 502).toBeGreaterThanOrEqual(500);
    expect(answer.text ?? "").not.toContain("service");
  });

  test("a declared caller is told at home that it has not declared this request", async () => {
    const [pod] = await meshed.pods("order");
    const answer = await http(home("order"), pod?.metadata.name ?? "", payments, "order");
    expect(answer).toEqual({
      status: 403,
      text: "order does not ask this of payment; name it in the requests of the call",
    });
  });

  test("plain text is cut off, be it to the Service or to a pod's address, and counted", async () => {
    const before = await meshed.statistic("payment", plainText);
    const [pod] = await meshed.pods("payment");
    const urls = [payments, `http://${pod?.status.podIP}:3000/payments`];
    for (const url of urls) {
      const answer = await http(outsider, outsider, url);
      show("plain text", { url, ...answer });
      expect(answer.status).toBeUndefined();
      expect(answer.error).toMatch(/ECONNRESET|other side closed|socket/);
    }
    await until(
      "both counted",
      () => meshed.statistic("payment", plainText),
      (count) => count >= before + urls.length,
      1,
    );
  });

  test("nor does a pod's address help whoever has a certificate", async () => {
    const [pod] = await meshed.pods("payment");
    const answer = await http(insider, insider, `http://${pod?.status.podIP}:3000/payments`);
    show("a pod's address from inside", answer);
    expect(answer.status ?? 502).toBeGreaterThanOrEqual(400);
    expect(answer.text ?? "").not.toContain('"service"');
  });

  test.each([insider, outsider])("no byte of a database comes back to %s", async (name) => {
    const answer = await tcp(name, "payment-database.dev-payment.svc.cluster.local", 5432);
    show("raw TCP to a database", { from: name, ...answer });
    expect(answer.bytes).toBeUndefined();
    expect(answer.error).toMatch(/closed|ECONNRESET|ECONNREFUSED/);
  });

  test("the database's own sidecar counts them", async () => {
    const [refused, cut] = await Promise.all([
      meshed.statistic("payment", denied, "database"),
      meshed.statistic("payment", plainText, "database"),
    ]);
    show("refusals at the database", { refused, cut });
    expect(refused).toBeGreaterThan(0);
    expect(cut).toBeGreaterThan(0);
  });

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
const plainText = /^listener\..*15006.*\.no_filter_chain_match$/;

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
