import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Fault } from "../../../tools/fault.ts";
import { addressOf, downloadFile } from "../../../tools/toolchain/download.ts";

const content = randomBytes(200_000);
const sha256 = createHash("sha256").update(content).digest("hex");
const half = content.length / 2;
const hasty = { answer: 5_000, silence: 5_000, pause: 1, attempts: 3 };

let folder: string;
let path: string;
const servers: { close: () => unknown; closeAllConnections?: () => void }[] = [];
const variables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PRESSUREVALVE_DOWNLOADS"];
const before = { ...process.env };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-download-"));
  path = join(folder, "file");
  for (const name of [...variables, ...variables.map((name) => name.toLowerCase())]) delete process.env[name];
});
afterEach(async () => {
  Object.assign(process.env, before);
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
  await rm(folder, { recursive: true });
});

test("a file that is what it should be is there, and its progress was told", async () => {
  const { url } = await serve((_, response) => response.end(content));
  const progress: [number, number | undefined][] = [];
  await downloadFile({ url, sha256 }, path, (...step) => progress.push(step));
  expect(content.equals(await readFile(path))).toBe(true);
  expect(progress.at(-1)?.[0]).toBe(content.length);
});

test("a wrong checksum is told with both sums and the address, and the file is gone", async () => {
  const { url } = await serve((_, response) => response.end("something else"));
  const received = createHash("sha256").update("something else").digest("hex");
  await expect(downloadFile({ url, sha256 }, path)).rejects.toThrow(
    `${url} is not the file that it should be:\n  expected sha256 ${sha256}\n  received sha256 ${received}`,
  );
  expect(await readdir(folder)).toEqual([]);
});

test("a missing file is asked for once", async () => {
  const { url, requests } = await serve((_, response) => response.writeHead(404).end());
  await expect(downloadFile({ url, sha256 }, path, undefined, hasty)).rejects.toThrow(
    `${url} was answered 404`,
  );
  expect(requests).toHaveLength(1);
});

test("a busy server is asked again", async () => {
  const { url, requests } = await serve((_, response) =>
    requests.length === 1 ? response.writeHead(503).end() : response.end(content),
  );
  await downloadFile({ url, sha256 }, path, undefined, hasty);
  expect(requests).toHaveLength(2);
});

test("a transfer that is cut in the middle goes on where it was cut", async () => {
  const { url, requests } = await serve(({ headers }, response) => {
    response.setHeader("etag", '"one"');
    if (headers.range === undefined) return cut(response);
    response.writeHead(206, { "content-length": content.length - offsetOf(headers.range) });
    response.end(content.subarray(offsetOf(headers.range)));
  });
  await downloadFile({ url, sha256 }, path, undefined, hasty);
  expect(requests).toHaveLength(2);
  expect(requests[1]).toMatchObject({
    "if-range": '"one"',
    range: expect.stringMatching(/^bytes=[1-9]\d*-$/),
  });
});

test("a transfer that is cut begins anew when the server promises nothing, or has another file by then", async () => {
  for (const etag of [undefined, 'W/"weak"', '"one"']) {
    const { url, requests } = await serve((_, response) => {
      if (etag) response.setHeader("etag", etag);
      if (requests.length === 1) cut(response);
      else response.end(content);
    });
    await downloadFile({ url, sha256 }, path, undefined, hasty);
    expect(requests[1]?.range === undefined).toBe(etag !== '"one"');
    expect(content.equals(await readFile(path))).toBe(true);
  }
});

test("a transfer that always breaks is given up", async () => {
  const { url, requests } = await serve((_, response) => cut(response));
  await expect(downloadFile({ url, sha256 }, path, undefined, hasty)).rejects.toThrow(
    `${url} broke off 3 times`,
  );
  expect(requests).toHaveLength(3);
});

test("a transfer in which nothing comes any more counts as broken", async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, half));
  });
  await expect(downloadFile({ url, sha256 }, path, undefined, { ...hasty, silence: 100 })).rejects.toThrow(
    "broke off 3 times (nothing came for 0.1 s)",
  );
});

test("a full disk, or a folder that is gone, is no broken transfer", async () => {
  const { url, requests } = await serve((_, response) => response.end(content));
  await expect(downloadFile({ url, sha256 }, "/dev/full", undefined, hasty)).rejects.toThrow("ENOSPC");
  await expect(downloadFile({ url, sha256 }, join(path, "x"), undefined, hasty)).rejects.toThrow("ENOENT");
  expect(requests).toHaveLength(2);
});

test("a server that accepts and never answers is waited for once, for all of its files", async () => {
  const asked: string[] = [];
  const server = createTcpServer((socket) => void socket.on("data", (data) => asked.push(`${data}`)));
  const origin = await listen(server);
  for (const file of ["one", "other"]) {
    const download = downloadFile({ url: `${origin}/${file}`, sha256 }, path, undefined, {
      ...hasty,
      answer: 300,
    });
    await expect(download).rejects.toThrow(/^127.0.0.1:\d+ cannot be reached \(no answer in 0.3 s\)$/);
  }
  expect(asked).toHaveLength(1);
});

test("a server that refuses connections, or does not exist, is told at once", async () => {
  const server = createTcpServer();
  const origin = await listen(server);
  await new Promise((closed) => server.close(closed));
  await expect(downloadFile({ url: `${origin}/file`, sha256 }, path)).rejects.toThrow(
    /^127.0.0.1:\d+ cannot be reached \(.*ECONNREFUSED/,
  );
  await expect(downloadFile({ url: "http://downloads.invalid/file", sha256 }, path)).rejects.toThrow(
    /^downloads.invalid cannot be reached \(/,
  );
});

test("a redirection is followed", async () => {
  const { url: other } = await serve((_, response) => response.end(content));
  const { url } = await serve((_, response) => response.writeHead(302, { location: other }).end());
  await downloadFile({ url, sha256 }, path);
  expect(content.equals(await readFile(path))).toBe(true);
});

test("HTTP_PROXY is the way to a host that only the proxy knows, and NO_PROXY is the way around it", async () => {
  const { url } = await serve((_, response) => response.end(content));
  const { port } = new URL(url);
  const proxied = await proxy(Number(port));
  process.env.HTTP_PROXY = proxied.url;
  await downloadFile({ url: `http://downloads.invalid:${port}/file`, sha256 }, path);
  expect(content.equals(await readFile(path))).toBe(true);
  expect(new Set(proxied.asked)).toEqual(new Set([`downloads.invalid:${port}`]));
  const soFar = proxied.asked.length;
  process.env.NO_PROXY = "127.0.0.1";
  await downloadFile({ url, sha256 }, path);
  expect(proxied.asked).toHaveLength(soFar);
});

test("HTTPS_PROXY is asked for a tunnel", async () => {
  const proxied = await proxy(1);
  process.env.HTTPS_PROXY = proxied.url;
  await expect(downloadFile({ url: "https://downloads.invalid/file", sha256 }, path)).rejects.toThrow(
    "downloads.invalid cannot be reached",
  );
  expect(proxied.asked).toEqual(["downloads.invalid:443"]);
});

test("a proxy without a scheme is one of http", async () => {
  const proxied = await proxy(1);
  process.env.http_proxy = new URL(proxied.url).host;
  await downloadFile({ url: "http://schemeless.invalid/file", sha256 }, path);
  expect(new Set(proxied.asked)).toEqual(new Set(["schemeless.invalid"]));
});

test.each([
  ["HTTPS_PROXY", "ftp://me:secret@proxy.example", "ftp://…@proxy.example"],
  ["HTTP_PROXY", "proxy.example:port", "proxy.example:port"],
])("%s=%s is told, whoever is asked, and no password with it", async (name, value, shown) => {
  process.env[name] = value;
  await expect(downloadFile({ url: `https://${name}.invalid/file`, sha256 }, path)).rejects.toThrow(
    new Fault(`${name} is ${shown}; it must be the address of a proxy, such as http://localhost:3128`, 1),
  );
});

test("a mirror holds the files of each host in a folder of its name", () => {
  const url = "https://dl.k8s.io/release/v1/kubectl";
  expect(addressOf(url).href).toBe(url);
  process.env.PRESSUREVALVE_DOWNLOADS = "http://mirror.example/official/";
  expect(addressOf(url).href).toBe("http://mirror.example/official/dl.k8s.io/release/v1/kubectl");
  process.env.PRESSUREVALVE_DOWNLOADS = "yes";
  expect(() => addressOf(url)).toThrow(
    "PRESSUREVALVE_DOWNLOADS is yes; it must be the URL of a mirror, or off to build everything from source",
  );
});

/** A server of one file; what it was asked, the question whether it is there left out. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const requests: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    if (request.method === "HEAD") return void response.end();
    requests.push(request.headers);
    answer(request, response);
  });
  return { url: `${await listen(server)}/file`, requests };
}

/** Promises the whole, sends half of it and is gone. */
function cut(response: ServerResponse): void {
  response.writeHead(200, { "content-length": content.length });
  response.write(content.subarray(0, half), () => setTimeout(() => response.destroy(), 50));
}

function offsetOf(range: string): number {
  return Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
}

/** A forward proxy that knows every host name, as one server of this machine. */
async function proxy(port: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host}`);
    if (request.method === "HEAD") response.end();
    else response.end(content);
  });
  server.on("connect", ({ url }: IncomingMessage, socket) => {
    asked.push(`${url}`);
    const target = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 connected\r\n\r\n"));
    target.on("error", () => socket.end("HTTP/1.1 502 unreachable\r\n\r\n")).pipe(socket);
    socket.on("error", () => target.destroy()).pipe(target);
  });
  return { url: await listen(server), asked };
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
