import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { KubeConfig } from "@kubernetes/client-node";
import { diagnose } from "../../../../stacks/delivery/pulumi/diagnosis.ts";

const password = "correct-horse";
const container = {
  name: "order",
  ready: false,
  restartCount: 1,
  state: { terminated: { exitCode: 1, reason: "Error", message: `ended with ${password}` } },
};
const spec = { containers: [], volumes: [{ name: "binding", secret: { secretName: "order-database" } }] };
const pod = {
  metadata: { name: "order-7d9-x" },
  spec,
  status: { conditions: [{ type: "Ready", status: "False" }], containerStatuses: [container] },
};
const events = [
  ["Unhealthy", `Readiness probe failed: ${password}`],
  ["FailedMount", "MountVolume.SetUp failed"],
].map(([reason, message]) => ({
  type: "Warning",
  reason,
  message,
  metadata: {},
  involvedObject: { name: "order-7d9-x" },
}));
const readable = { data: { password: Buffer.from(password).toString("base64") } };

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A cluster with one namespace, as far as a diagnosis asks. */
async function cluster(pods: object[], secret: object | undefined): Promise<KubeConfig> {
  const answers: Record<string, object | string | undefined> = {
    pods: { items: pods },
    events: { items: events },
    "order-database": secret,
    log: `connecting with ${password}\n`,
  };
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[new URL(url, "http://cluster").pathname.split("/").at(-1) ?? ""];
    response.setHeader("content-type", typeof answer === "string" ? "text/plain" : "application/json");
    response.setHeader("connection", "close");
    response.statusCode = answer === undefined ? 403 : 200;
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer ?? { message: "forbidden" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "u" },
  );
  return config;
}

const headline = `order: Job order-migration is not ready: ${password}`;
const workload = {
  kind: "Job",
  metadata: { name: "order", namespace: "dev-order" },
  spec: { template: { spec } },
};

test("no line of a report shows the value of a Secret, its headline and its events included", async () => {
  expect(await diagnose(headline, workload, await cluster([pod], readable))).toBe(
    [
      "order: Job order-migration is not ready: [secret]",
      "  pod order-7d9-x",
      "    container order terminated: Error: ended with [secret], exit code 1",
      "    Unhealthy: Readiness probe failed: [secret]",
      "    FailedMount: MountVolume.SetUp failed",
      "    last lines of order:",
      "      connecting with [secret]",
    ].join("\n"),
  );
});

test("what a program said is withheld while a Secret that it knows cannot be read", async () => {
  expect(await diagnose("order is not ready", workload, await cluster([pod], undefined))).toBe(
    [
      "order is not ready",
      "  pod order-7d9-x",
      "    container order terminated: Error, exit code 1",
      "    FailedMount: MountVolume.SetUp failed",
      "    its logs are withheld: they may show values of Secret order-database, which cannot be read here",
    ].join("\n"),
  );
});

test("the events of pods that are gone are redacted by the Secrets of their template", async () => {
  expect(await diagnose(headline, workload, await cluster([], readable))).toBe(
    [
      "order: Job order-migration is not ready: [secret]",
      "  pod order-7d9-x, gone by now",
      "    Unhealthy: Readiness probe failed: [secret]",
      "    FailedMount: MountVolume.SetUp failed",
    ].join("\n"),
  );
  expect(await diagnose("order is not ready", workload, await cluster([], undefined))).not.toContain(
    password,
  );
});
