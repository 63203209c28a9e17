import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { ApiException, KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { requireAnswer, unanswered } from "../../tools/answer.ts";
import type { Fault } from "../../tools/fault.ts";

let server: Server | HttpServer | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** Where a server listens from now on. */
async function listening(started: Server | HttpServer, scheme: "http" | "https"): Promise<string> {
  server = started.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function kubeconfig(url: string, user: object = {}): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "shop", server: url, skipTLSVerify: url.startsWith("http:") }],
    users: [{ name: "me", ...user }],
    contexts: [{ name: "shop", cluster: "shop", user: "me" }],
    currentContext: "shop",
  });
  return config;
}

async function faultOf(config: KubeConfig): Promise<Fault> {
  return (await requireAnswer(config).catch((fault) => fault)) as Fault;
}

async function answering(code: number, message: string): Promise<string> {
  return listening(
    createHttpServer((_, response) => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", message }));
    }),
    "http",
  );
}

test("an expired token or certificate is the user's, not the cluster's", async () => {
  const url = await answering(401, "Unauthorized");
  const fault = await faultOf(kubeconfig(url));
  expect(fault.exitCode).toBe(3);
  expect(fault.message).toBe(
    `context shop (${url}) does not know its user (401); log in again, or take a kubeconfig whose credentials have not expired`,
  );
});

test("a right that is missing is named in the cluster's words", async () => {
  const url = await answering(403, 'User "me" cannot get path "/version"');
  expect((await faultOf(kubeconfig(url))).message).toBe(
    `context shop (${url}) refuses its user (403: User "me" cannot get path "/version"); name a user in the kubeconfig who may, or have this one be given the right`,
  );
});

test("a port that nobody listens on refuses", async () => {
  const url = await listening(createServer(), "https");
  server?.close();
  expect((await faultOf(kubeconfig(url))).message).toMatch(
    /^context shop \(https:.*\) cannot be reached: connect ECONNREFUSED 127.*; is the cluster running\?$/,
  );
});

test("a certificate that the kubeconfig does not trust is told from a cluster that is away", async () => {
  const url = await listening(createHttpsServer(await selfSigned()), "https");
  const { message, exitCode } = await faultOf(kubeconfig(url));
  expect(exitCode).toBe(3);
  expect(message).toMatch(
    /does not prove itself to the kubeconfig \(self-signed certificate.*\); .* take its present kubeconfig$/,
  );
});

test("a program for credentials that is not there is named", async () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "aws-of-nobody",
    interactiveMode: "Never",
  };
  expect((await faultOf(kubeconfig("https://127.0.0.1:9", { exec }))).message).toMatch(
    /its user's credentials come from aws-of-nobody, which fails \(spawn aws-of-nobody ENOENT\); install it/,
  );
});

test("a cluster that accepts and never answers is given up", () => {
  const timeout = new DOMException("The operation was aborted due to timeout", "TimeoutError");
  expect(unanswered(kubeconfig("https://10.0.0.1"), timeout as Error).message).toBe(
    "context shop (https://10.0.0.1) gave no answer within 10 s; is it running, and is the way there open (VPN, firewall, proxy)?",
  );
});

test("something else that answers there is not taken for a cluster that is away", () => {
  const fault = unanswered(kubeconfig("https://10.0.0.1"), new ApiException(502, "", "Bad Gateway\n", {}));
  expect(fault.message).toContain("answered 502: Bad Gateway; is it a Kubernetes API server");
});

test("the version is given where all is well", async () => {
  const url = await listening(
    createHttpServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ major: "1", minor: "36" }));
    }),
    "http",
  );
  expect((await requireAnswer(kubeconfig(url))).minor).toBe("36");
});

/** A certificate of nobody's authority. */
async function selfSigned(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), "pressurevalve-answer-"));
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  await execa("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "1"],
    ...["-subj", "/CN=shop", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
  ]);
  const pair = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return pair;
}
