import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A callee of which a test says how it answers. */
interface Callee {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

const servers = new Set<Server>();

export async function startCallee(answer: RequestListener): Promise<Callee> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    answer(request, response);
  });
  servers.add(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** A callee that answers nobody before it is told to. */
export async function startHeldCallee(): Promise<
  Callee & { readonly asked: Promise<void>; release(): void }
> {
  const { promise: asked, resolve: noteAsked } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const callee = await startCallee((_request, response) => {
    noteAsked();
    released.then(() => response.writeHead(201).end("{}"));
  });
  return { ...callee, asked, release };
}

/** Answers with these statuses in turn, the last one for good. */
export function answering(...statuses: readonly number[]): RequestListener {
  let at = 0;
  return (_request, response) => {
    response.writeHead(statuses[Math.min(at, statuses.length - 1)] ?? 500).end("{}");
    at += 1;
  };
}

export async function endCallees(): Promise<void> {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  servers.clear();
}
