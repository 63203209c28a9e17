import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { NODE_ADDRESS } from "../../../tools/cluster/layout.ts";
import { commandName, holdersOf, isTaken, socketsListening } from "../../../tools/cluster/ports.ts";

let server: Server | undefined;

afterEach(() => {
  server?.close();
});

async function listen(host: string): Promise<number> {
  server = createServer().listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("a port that nobody listens on is free", async () => {
  const port = await listen("127.0.0.1");
  server?.close();
  expect(await isTaken({ host: "127.0.0.1", port })).toBe(false);
  expect(await holdersOf({ host: "127.0.0.1", port })).toEqual([]);
});

test("who listens is named by process and program", async () => {
  const port = await listen("127.0.0.1");
  expect(await isTaken({ host: "127.0.0.1", port })).toBe(true);
  const [holder] = await holdersOf({ host: "127.0.0.1", port });
  expect(holder).toEqual({ pid: process.pid, program: expect.stringMatching(/^node\b/) });
});

test("a program is named as it was started, without its options", () => {
  expect(commandName("/usr/bin/node\0server.js\0--token\0secret\0")).toBe("node server.js");
  expect(commandName("/usr/sbin/mysqld\0--password=secret\0")).toBe("mysqld");
  expect(commandName("")).toBe("");
});

test("of a program that shows a title the kernel's name is taken, for a title may hold anything", () => {
  expect(commandName("sshd: root@pts/0\0")).toBe("");
  expect(commandName("nginx: master process /usr/sbin/nginx --pw=secret\0\0\0")).toBe("");
});

test.each([
  ["a title", 'process.title = "mail: root@pts/0 --pw=secret"', /^(?!.*(secret|0$))\S+/],
  ["a name of signs that move the cursor", 'process.title = "mail\\u001b[2J"', /^mail\\u001b\[2J$/],
])("a holder with %s is named on one line, without a secret", async (_, entitle, name) => {
  const listening = 'require("node:net").createServer().listen(0, "127.0.0.1", function () {';
  const script = `${entitle};\n${listening} require("node:fs").writeSync(1, String(this.address().port)) })`;
  const running = spawn(process.execPath, ["-e", script, "room-for-a-title".repeat(4)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(running.stdout, "data");
    const holders = await holdersOf({ host: "127.0.0.1", port: Number(String(port)) });
    expect(holders).toEqual([{ pid: running.pid, program: expect.stringMatching(name) }]);
  } finally {
    running.kill("SIGKILL");
  }
});

test.each([
  "0.0.0.0",
  "::",
])("who listens on all addresses (%s) has that of the bridge too, before there is a bridge", async (all) => {
  const port = await listen(all);
  expect(await isTaken({ host: NODE_ADDRESS, port })).toBe(true);
  expect((await holdersOf({ host: NODE_ADDRESS, port })).map(({ pid }) => pid)).toEqual([process.pid]);
});

test("who listens on loopback leaves the address of the bridge free", async () => {
  const port = await listen("127.0.0.1");
  expect(await isTaken({ host: NODE_ADDRESS, port })).toBe(false);
  expect(await holdersOf({ host: NODE_ADDRESS, port })).toEqual([]);
});

const header =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100\n`;

test("only a socket that listens counts, at that address and port", () => {
  const table =
    header +
    row("0100007F:094B", "0A", 1) +
    row("0100007F:094B", "01", 2) +
    row("0100007F:094C", "0A", 3) +
    row("0100F40A:094B", "0A", 4) +
    row("00000000:094B", "0A", 5) +
    row("0000000000000000FFFF00000100007F:094B", "0A", 6);
  expect(socketsListening(table, { host: "127.0.0.1", port: 2379 })).toEqual([
    "socket:[1]",
    "socket:[5]",
    "socket:[6]",
  ]);
});
