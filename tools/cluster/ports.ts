import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { printable } from "../../constructs/model/problem.ts";

/** An address that a component listens on. */
interface Address {
  readonly host: string;
  readonly port: number;
}

/** A process that listens somewhere, as far as this user can see it. */
export interface Holder {
  readonly pid: number;
  /** The program with the word after it, such as `node server.js`; or the kernel's name, where it shows no more or a title. */
  readonly program: string;
}

/** Stands for an address that no interface of this machine has yet; what listens on all addresses has it too. */
const standIn = "127.10.244.1";

/** Whether something listens there already. Trying to listen tells; a connection might be answered by a proxy on the way. */
export async function isTaken({ host, port }: Address): Promise<boolean> {
  const code = await listenError({ host, port });
  const told = code === "EADDRNOTAVAIL" ? await listenError({ host: standIn, port }) : code;
  if (told !== undefined && told !== "EADDRINUSE") {
    throw new Error(`listening on ${host}:${port} failed with ${told}`);
  }
  return told === "EADDRINUSE";
}

function listenError(address: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.listen({ ...address, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Who listens at an address, alone or at all addresses. Empty when it is in another container, out of sight. */
export async function holdersOf(address: Address): Promise<Holder[]> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => read(join("/proc/net", name))));
  const sockets = new Set(tables.flatMap((table) => socketsListening(table, address)));
  const pids = sockets.size === 0 ? [] : (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const holders = await Promise.all(pids.map((pid) => holderOf(pid, sockets)));
  return holders.filter((holder) => holder !== undefined);
}

async function holderOf(pid: string, sockets: ReadonlySet<string>): Promise<Holder | undefined> {
  const folder = join("/proc", pid, "fd");
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => "")));
  if (!targets.some((target) => sockets.has(target))) return undefined;
  return { pid: Number(pid), program: await programOf(pid) };
}

async function programOf(pid: string): Promise<string> {
  const [cmdline, comm] = await Promise.all(
    ["cmdline", "comm"].map((name) => read(join("/proc", pid, name))),
  );
  // Not the kernel's name first, which is that of a thread: of every Node process, MainThread.
  return printable(commandName(cmdline ?? "") || (comm ?? "").trim());
}

/**
 * An option is left out, and what follows it, which may be a password. Empty where the program shows a title in place of
 * its words, such as `nginx: master process nginx --user=…`: that is one word with blanks.
 */
export function commandName(cmdline: string): string {
  const [program = "", argument = ""] = cmdline.split("\0");
  if (argument === "" && program.includes(" ")) return "";
  return [basename(program), ...(/^[^-]/.test(argument) ? [argument] : [])].join(" ");
}

const LISTEN = "0A";

/** The sockets of a table such as /proc/net/tcp that listen at an address, as /proc/<pid>/fd names them. */
export function socketsListening(table: string, { host, port }: Address): string[] {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, local = "", , state]) => state === LISTEN && listensAt(local, host, port))
    .map((fields) => `socket:[${fields[9]}]`);
}

function listensAt(local: string, host: string, port: number): boolean {
  const [address = "", hexPort = ""] = local.split(":");
  if (Number.parseInt(hexPort, 16) !== port) return false;
  // The kernel prints each word of an address in this machine's byte order, the lowest byte first.
  const own = host.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  const wanted = own.reverse().join("").toUpperCase();
  return /^0+$/.test(address) || address === wanted || address === `0000000000000000FFFF0000${wanted}`;
}

function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
