import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { afterEach, expect, test } from "@jest/globals";
import { Health, SERVING, type Text, textMethod } from "../../../tools/stand-in/grpc-services.ts";
import { answering, endCallees, startCallee, startHeldCallee } from "./callee.ts";
import { asking, calling, endAll, run, startService } from "./service.ts";

afterEach(endAll);
afterEach(endCallees);

const grpcService = (env: Record<string, string> = {}) =>
  startService("inventory", { PROTOCOL: "grpc", ...env });

/** What a method answers; the last word is the correlation id. */
async function ask(url: string, method: string, text = "", id = "test"): Promise<Record<string, string>> {
  const { lines } = await run(["ask", url.replace("http://", "dns:///"), method, text, id]);
  return lines[0] as Record<string, string>;
}

test("a record that is kept by gRPC is read by gRPC, with the caller's correlation id in the log", async () => {
  const { url, line } = await grpcService();
  const kept = await ask(url, "standin.v1.Records/Keep", '{"sku":"7"}', "a-sale");
  expect(kept.status).toBe("OK");
  const { id, body } = JSON.parse(kept.text ?? "");
  expect(body).toEqual({ sku: "7" });
  const read = await ask(url, "standin.v1.Records/Get", id);
  expect(JSON.parse(read.text ?? "")).toMatchObject({ id, service: "inventory" });
  expect(await line(({ correlation_id }) => correlation_id === "a-sale")).toMatchObject({
    path: "/standin.v1.Records/Keep",
    grpc_status: "OK",
  });
});

test("what is not there, and what nobody serves, have gRPC's own statuses", async () => {
  const { url } = await grpcService();
  expect(await ask(url, "standin.v1.Records/Get", "nobody")).toEqual({
    status: "NOT_FOUND",
    details: "inventories has no nobody",
  });
  expect((await ask(url, "standin.v1.Records/Burn")).status).toBe("UNIMPLEMENTED");
});

test("a fault of one method leaves the others alone", async () => {
  const { url } = await grpcService({ FAULT: "status=503 path=/standin.v1.Records/Get" });
  expect((await ask(url, "standin.v1.Records/Get", "7")).status).toBe("UNAVAILABLE");
  expect((await ask(url, "standin.v1.Records/Keep")).status).toBe("OK");
});

test("a stream ends with the failure of a callee, and the service goes on", async () => {
  const prices = await startCallee(answering(200, 502));
  const { url, line } = await grpcService(asking("PRICES", prices.url, "GET /prices"));
  expect(await watch(url)).toEqual({ texts: ["[]"], details: "prices answered 502" });
  expect(await line(({ path }) => path === "/standin.v1.Records/Watch")).toMatchObject({
    grpc_status: "UNKNOWN",
  });
  expect((await ask(url, "standin.v1.Records/Keep")).status).toBe("OK");
});

/** What a stream says until it fails. */
async function watch(url: string): Promise<{ texts: readonly string[]; details: string }> {
  const { path, requestSerialize, responseDeserialize } = textMethod("/standin.v1.Records/Watch", true);
  const client = new Client(new URL(url).host, credentials.createInsecure());
  const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { text: "" });
  const texts: string[] = [];
  stream.on("data", ({ text }: Text) => texts.push(text));
  const details = await new Promise<string>((resolve) => {
    stream.once("error", (error) => resolve((error as ServiceError).details));
  });
  client.close();
  return { texts, details };
}

test("its health is grpc.health.v1's, by the names that Kubernetes uses", async () => {
  const { url, signal, line } = await grpcService({ DRAIN: "10s" });
  const health = (service: string) => check(url, service);
  for (const service of ["", "startup", "readiness", "liveness"])
    expect(await health(service)).toEqual({ status: SERVING });
  expect(await health("nobody")).toBe("5 NOT_FOUND: there is no health service nobody");
  signal("SIGTERM");
  await line(({ message }) => message === "draining");
  expect(await health("readiness")).toEqual({ status: SERVING + 1 });
  expect(await health("liveness")).toEqual({ status: SERVING });
});

test("a fault of one probe is a health that is not SERVING", async () => {
  const { url } = await grpcService({ FAULT: "status=503 path=/health/ready" });
  expect(await check(url, "readiness")).toEqual({ status: SERVING + 1 });
  expect(await check(url, "liveness")).toEqual({ status: SERVING });
});

/** As the kubelet asks; the words of a failure. */
async function check(url: string, service: string): Promise<unknown> {
  const { path, requestSerialize, responseDeserialize } = Health.Check;
  const client = new Client(new URL(url).host, credentials.createInsecure());
  const answer = await new Promise<unknown>((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { text: service }, (error, value) =>
      resolve(error?.message ?? value),
    );
  });
  client.close();
  return answer;
}

test("a stop lets what is under way end", async () => {
  const payment = await startHeldCallee();
  const running = await grpcService({ DRAIN: "1h", ...calling("PAYMENT", payment.url, "1h") });
  const answer = ask(running.url, "standin.v1.Records/Keep");
  await payment.asked;
  running.signal("SIGTERM");
  await running.line(({ message }) => message === "draining");
  payment.release();
  expect((await answer).status).toBe("OK");
  await expect(running.ended).resolves.toBe(0);
});
