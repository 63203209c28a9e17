import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from "undici";
import { Fault } from "../fault.ts";
import { proxies } from "./proxy.ts";

/** A file on the web whose content is known beforehand. */
export interface RemoteFile {
  readonly url: string;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** How long we wait and how often we try. */
interface Patience {
  /** Milliseconds until a server has to answer at all; an offline machine waits that long, once. */
  readonly answer: number;
  /** Milliseconds without a single byte after which a transfer counts as broken. */
  readonly silence: number;
  /** Milliseconds before a broken transfer is taken up again, twice as long the next time. */
  readonly pause: number;
  readonly attempts: number;
}

const patient: Patience = { answer: 5_000, silence: 30_000, pause: 1_000, attempts: 4 };

/** A file that could not be had. */
export class DownloadError extends Error {
  override readonly name: string = "DownloadError";
}

/** A file that is not the one that was meant: someone may have changed it. */
export class ChecksumError extends DownloadError {
  override readonly name = "ChecksumError";
}

/** Whether downloads are wanted: the environment variable PRESSUREVALVE_DOWNLOADS is not `off`. */
export function downloadsWanted(): boolean {
  return process.env.PRESSUREVALVE_DOWNLOADS !== "off";
}

/**
 * The mirror that PRESSUREVALVE_DOWNLOADS names, if any.
 *
 * @throws Fault when the variable holds neither a URL nor `off`
 */
export function mirror(): string | undefined {
  const named = process.env.PRESSUREVALVE_DOWNLOADS;
  if (!named || !downloadsWanted()) return undefined;
  if (/^https?:/.test(named) && URL.canParse(named)) return named.replace(/\/$/, "");
  throw new Fault(
    `PRESSUREVALVE_DOWNLOADS is ${named}; it must be the URL of a mirror, or off to build everything from source`,
    1,
  );
}

/**
 * Where a file is really asked for: at its own address, or at the mirror, in a folder of the original host.
 *
 * @throws Fault when PRESSUREVALVE_DOWNLOADS is unusable
 */
export function addressOf(url: string): URL {
  const place = mirror();
  if (place === undefined) return new URL(url);
  const { host, pathname } = new URL(url);
  return new URL(`${place}/${host}${pathname}`);
}

/**
 * Downloads a file and makes sure that it is the one that was meant. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are
 * followed; a transfer that breaks is taken up where it broke, if the server can. `progress` gets the bytes so far,
 * and of how many when the server says so.
 *
 * @throws ChecksumError when it is another file, which is then gone
 * @throws DownloadError when it cannot be had
 * @throws Fault when PRESSUREVALVE_DOWNLOADS or a proxy variable is unusable
 */
export async function downloadFile(
  { url, sha256 }: RemoteFile,
  path: string,
  progress: (received: number, total: number | undefined) => void = () => {},
  patience: Patience = patient,
): Promise<void> {
  const address = addressOf(url);
  await requireAnswer(address.origin, patience);
  const found = await withDispatcher(async (dispatcher) => {
    await transfer({ address, path, progress, patience, dispatcher });
    return digestOf(path);
  });
  if (found === sha256) return;
  await rm(path);
  throw new ChecksumError(
    `${address} is not the file that it should be:\n  expected sha256 ${sha256}\n  received sha256 ${found}`,
  );
}

const answers = new Map<string, Promise<void>>();

/** A server is asked once a run: that it cannot be reached is true for all of its files. */
function requireAnswer(origin: string, patience: Patience): Promise<void> {
  const asked = answers.get(origin) ?? askForAnswer(origin, patience);
  answers.set(origin, asked);
  return asked;
}

/** Whether a server answers, and be it with an error. @throws DownloadError with the reason why it does not */
export async function askForAnswer(
  origin: string,
  { answer }: Pick<Patience, "answer"> = patient,
): Promise<void> {
  await withDispatcher(async (dispatcher) => {
    const signal = AbortSignal.timeout(answer);
    const { body } = await request(origin, { method: "HEAD", dispatcher, signal }).catch((cause) => {
      const reason = signal.aborted ? `no answer in ${answer / 1000} s` : reasonOf(cause);
      throw new DownloadError(`${new URL(origin).host} cannot be reached (${reason})`, { cause });
    });
    await body.dump();
  });
}

/** One a download, so that the proxy variables count as they are now and no connection outlives it. */
async function withDispatcher<Result>(use: (dispatcher: Dispatcher) => Promise<Result>): Promise<Result> {
  const agent = new EnvHttpProxyAgent(proxies());
  try {
    return await use(agent);
  } finally {
    await agent.destroy();
  }
}

interface Transfer {
  readonly address: URL;
  readonly path: string;
  readonly progress: (received: number, total: number | undefined) => void;
  readonly patience: Patience;
  readonly dispatcher: Dispatcher;
}

async function transfer(order: Transfer): Promise<void> {
  const { attempts, pause: first } = order.patience;
  const begun: Begun = {};
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await receive(order, begun);
    } catch (cause) {
      if (cause instanceof DownloadError || isOurs(cause)) throw cause;
      if (attempt === attempts) {
        throw new DownloadError(
          `${order.address} broke off ${attempts} times (${reasonOf(cause as Error)})`,
          { cause },
        );
      }
      await pause(first * 2 ** (attempt - 1));
    }
  }
}

/** Whether it is this machine that fails: a disk that is full or may not be written to is not another server's fault. */
function isOurs(error: unknown): boolean {
  return /^(ENOSPC|EDQUOT|EROFS|EACCES|ENOENT)$/.test((error as NodeJS.ErrnoException).code ?? "");
}

/** What is known of a file that is there in part: the server's tag of its bytes. */
interface Begun {
  tag?: string | undefined;
}

/** Receives the file, or what is missing of it while the server still has the same one. */
async function receive(
  { address, path, progress, patience, dispatcher }: Transfer,
  begun: Begun,
): Promise<void> {
  const start = begun.tag === undefined ? 0 : await sizeOf(path);
  const silence = silenceAfter(patience.silence);
  try {
    const { statusCode, headers, body } = await request(address, {
      dispatcher: dispatcher.compose(interceptors.redirect({ maxRedirections: 5 })),
      signal: silence.signal,
      headers: start > 0 && begun.tag ? { range: `bytes=${start}-`, "if-range": begun.tag } : {},
    });
    refuse(address, statusCode);
    const resumed = statusCode === 206;
    begun.tag = strongTag(headers.etag);
    let received = resumed ? start : 0;
    const length = Number(headers["content-length"]);
    const total = Number.isNaN(length) ? undefined : received + length;
    body.on("data", (chunk: Buffer) => {
      silence.reset();
      received += chunk.length;
      progress(received, total);
    });
    await pipeline(body, createWriteStream(path, { flags: resumed ? "a" : "w" }));
    if (total !== undefined && received !== total) throw new Error(`${received} of ${total} bytes came`);
  } finally {
    silence.end();
  }
}

/** A server that is busy may be asked again; one that says no may not. */
function refuse(address: URL, status: number): void {
  if (status === 200 || status === 206) return;
  const words = `${address} was answered ${status}`;
  throw status >= 500 || status === 429 ? new Error(words) : new DownloadError(words);
}

/** A weak tag does not promise the same bytes, so that nothing can be added to them. RFC 9110, 13.1.5 */
function strongTag(tag: string | string[] | undefined): string | undefined {
  return typeof tag === "string" && !tag.startsWith("W/") ? tag : undefined;
}

function silenceAfter(milliseconds: number) {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`nothing came for ${milliseconds / 1000} s`)),
    milliseconds,
  );
  return {
    signal: controller.signal,
    reset: () => timer.refresh(),
    end: () => clearTimeout(timer),
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The error of several addresses that were all tried in vain has no words of its own. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first?.message || error.message || code || error.name;
}
