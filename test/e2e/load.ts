import { request } from "node:http";

/** What became of the requests of a load. */
export interface Served {
  readonly sent: number;
  /** Why requests failed, each with its moment in milliseconds since the load began. */
  readonly failures: readonly string[];
  /** How many answers each version of each service gave, or had a part in: `payment 1.2.0`. */
  readonly versions: ReadonlyMap<string, number>;
}

/** Load that goes on until it is stopped. */
interface Load {
  stop(): Promise<Served>;
}

const longest = 10 * 60_000;

/**
 * Sends requests at a steady rate, whether or not earlier ones are answered, each on a connection of its own,
 * so that every endpoint that is still listed is met. Ends by itself after ten minutes.
 */
export function startLoad(url: string, options: { perSecond: number; body?: object }): Load {
  const started = Date.now();
  const failures: string[] = [];
  const versions = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const send = () => {
    const due = Math.floor(((Date.now() - started) / 1000) * options.perSecond);
    for (; sent < due; sent += 1) track(one());
    if (Date.now() - started > longest) clearInterval(timer);
  };
  const timer = setInterval(send, 10);

  async function one(): Promise<void> {
    try {
      for (const version of versionsIn(JSON.parse(await ask(url, options.body))))
        versions.set(version, (versions.get(version) ?? 0) + 1);
    } catch (error) {
      failures.push(`${Date.now() - started} ms: ${(error as Error).message}`);
    }
  }

  function track(attempt: Promise<void>): void {
    underWay.add(attempt);
    attempt.finally(() => underWay.delete(attempt));
  }

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      return { sent, failures, versions };
    },
  };
}

/** A record of the stand-in. */
interface Answer {
  readonly service?: string;
  readonly version?: string;
  readonly calls?: Readonly<Record<string, Answer>>;
}

/** Who answered, and whom that one asked for it. */
function versionsIn({ service, version, calls = {} }: Answer): string[] {
  const own = service === undefined ? [] : [`${service} ${version}`];
  return [...own, ...Object.values(calls).flatMap(versionsIn)];
}

/** One request; with a body a POST. Fails on everything but 2xx. */
export function ask(url: string, body?: object): Promise<string> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      agent: false,
      method: text === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json" },
      timeout: 15_000,
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within 15 s")));
    asked.on("error", reject);
    asked.on("response", (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        answer += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        const ok = response.statusCode !== undefined && response.statusCode < 300;
        if (ok) resolve(answer);
        else reject(new Error(`${response.statusCode}: ${answer.slice(0, 500)}`));
      });
    });
    asked.end(text);
  });
}
