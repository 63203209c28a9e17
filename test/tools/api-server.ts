import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "../../tools/target.ts";

/** What an API server answers, by path: an object, text, or a refusal, which is an object with a `code`. */
export type Answers = Record<string, { readonly code?: number; readonly [field: string]: unknown } | string>;

/** As much of an API server as says what a cluster has, with a kubeconfig that leads there. */
export interface ApiServer {
  readonly target: Target;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  /** Nothing answers any more. */
  stop(): void;
  /** Stops it, and takes its kubeconfig away. */
  remove(): Promise<void>;
}

/** What it does not know is answered with 404; `answers` is read at each request. */
export async function apiServer(answers: () => Answers, context = "shop"): Promise<ApiServer> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const answer = answers()[url] ?? { code: 404 };
    const isText = typeof answer === "string";
    response.writeHead(isText ? 200 : (answer.code ?? 200), {
      "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
    });
    response.end(isText ? answer : JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = await mkdtemp(join(tmpdir(), "pressurevalve-api-server-"));
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigFor(server.address() as AddressInfo, context));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return {
    target: { kubeconfig, context },
    asked,
    stop,
    remove: async () => {
      stop();
      await rm(folder, { recursive: true });
    },
  };
}

function kubeconfigFor({ port }: AddressInfo, context: string): string {
  const server = `http://127.0.0.1:${port}`;
  return JSON.stringify({
    clusters: [{ name: "shop", cluster: { server, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: context, context: { cluster: "shop", user: "me" } }],
    "current-context": context,
    users: [{ name: "me", user: {} }],
  });
}
