import { Agent, request } from "node:http";
import { setTimeout } from "node:timers/promises";

/** Runs in a pod of the mesh, given to its Node on the standard input: what a caller with a sidecar sees of a load. */
export interface LoadOfClasses {
  readonly url: string;
  readonly seconds: number;
  readonly classes: Readonly<Record<string, { readonly method: string; readonly perSecond: number }>>;
}

/** What became of one request; status 0 where no answer came. */
export interface Answered {
  readonly name: string;
  /** Since the load began. */
  readonly sentMs: number;
  readonly tookMs: number;
  readonly status: number;
}

const agent = new Agent({ keepAlive: true });

/** Sends each class at its steady rate, whether or not earlier requests are answered. */
async function load({ url, seconds, classes }: LoadOfClasses): Promise<Answered[]> {
  const began = performance.now();
  const asked: Promise<Answered>[] = [];
  const sent = new Map<string, number>();
  for (let now = 0; now < seconds * 1000; now = performance.now() - began) {
    for (const [name, { method, perSecond }] of Object.entries(classes)) {
      const due = Math.floor((now / 1000) * perSecond);
      for (let count = sent.get(name) ?? 0; count < due; count += 1)
        asked.push(ask(name, url, method, began));
      sent.set(name, due);
    }
    await setTimeout(5);
  }
  return Promise.all(asked);
}

function ask(name: string, url: string, method: string, began: number): Promise<Answered> {
  const from = performance.now();
  return new Promise((resolve) => {
    const end = (status: number) =>
      resolve({ name, sentMs: from - began, tookMs: performance.now() - from, status });
    const headers = { "content-type": "application/json" };
    const one = request(url, { agent, method, headers, timeout: 10_000 }, (response) => {
      response.on("error", () => end(0));
      response.on("end", () => end(response.statusCode ?? 0));
      response.resume();
    });
    one.on("timeout", () => one.destroy(new Error("no answer")));
    one.on("error", () => end(0));
    one.end(method === "POST" ? "{}" : undefined);
  });
}

const [, , told] = process.argv;
if (told !== undefined) {
  process.stdout.write(JSON.stringify(await load(JSON.parse(told))), () => process.exit(0));
}
