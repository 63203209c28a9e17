import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { CoreV1Api, KubeConfig, type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { request as ask } from "undici";
import { type Environment, resolve } from "../constructs/index.ts";
import { isWorkload } from "../constructs/kubernetes/rollout.ts";
import { namespaceOf } from "../constructs/model/names.ts";
import { renderShop, type SampleRequest, type Shop } from "../stacks/delivery/index.ts";
import { judge, type WorkloadStatus } from "../stacks/delivery/pulumi/verdict.ts";
import { Fault } from "../tools/fault.ts";
import { forward } from "../tools/port-forward.ts";
import type { Target } from "../tools/target.ts";
import { gatewayOf, type WayIn } from "./way-in.ts";

/** Prints the running services and the answer of the shop's sample request. */
export async function showShop(
  shop: Shop,
  environment: Environment,
  { kubeconfig, context }: Target,
  { json = false } = {},
): Promise<void> {
  const cluster = new KubeConfig();
  cluster.loadFromFile(kubeconfig);
  cluster.setCurrentContext(context);
  const gateway = await gatewayOf(cluster, environment);
  const resolved = resolve(shop.services, environment);
  const open = new Set(resolved.filter(({ api }) => api.public.length > 0).map(({ name }) => name));
  const rows = await Promise.all(
    renderShop(shop, environment).flatMap(({ name, manifests }) => {
      const url = environment.mesh.kind === "none" ? undefined : (open.has(name) && gateway?.url) || "-";
      return manifests.filter(isWorkload).map((workload) => row(cluster, workload, url));
    }),
  );
  if (!json) console.log(table(["service", "version", "ready", "rollout", "url"], rows.map(Object.values)));
  const { sampleRequest } = shop;
  if (sampleRequest !== undefined) console.error(`\nPOST ${sampleRequest.path} to ${sampleRequest.service}:`);
  const answer = sampleRequest && {
    answer: await request(cluster, wayTo(sampleRequest.service, environment, gateway), sampleRequest),
  };
  if (json) console.log(JSON.stringify({ services: rows, ...answer }, null, 2));
  else if (answer) console.log(JSON.stringify(answer.answer, null, 2));
}

type LiveWorkload = KubernetesObject &
  WorkloadStatus & {
    spec: { replicas: number; template: { metadata: { labels: Record<string, string> } } };
    status: { readyReplicas?: number; availableReplicas?: number };
  };

/** By the gateway, as the world comes; where there is none, straight to the service. */
function wayTo(service: string, environment: Environment, gateway: WayIn | undefined): Place {
  return gateway ?? { namespace: namespaceOf(environment, service), name: service };
}

type Place = Omit<WayIn, "url">;

/** What there is to say of a running service. */
interface Row {
  readonly service: string;
  readonly version: string;
  readonly ready: string;
  readonly rollout: string;
  readonly url: string;
}

/** The URL is the service's own address, unless it is told otherwise. */
async function row(
  cluster: KubeConfig,
  { apiVersion, kind, metadata }: KubernetesObject,
  url: string | undefined,
): Promise<Row> {
  const { name = "", namespace = "" } = metadata ?? {};
  const live = (await KubernetesObjectApi.makeApiClient(cluster).read({
    apiVersion: apiVersion as string,
    kind: kind as string,
    metadata: { name, namespace },
  })) as LiveWorkload;
  const { spec } = await cluster.makeApiClient(CoreV1Api).readNamespacedService({ namespace, name });
  return {
    service: name,
    version: live.spec.template.metadata.labels["app.kubernetes.io/version"] ?? "",
    ready: `${live.status.readyReplicas ?? 0}/${live.spec.replicas}`,
    rollout: rolloutState(live),
    url: url ?? `http://${spec?.clusterIP}:${spec?.ports?.[0]?.port}`,
  };
}

function rolloutState(workload: LiveWorkload): string {
  const verdict = judge(workload);
  return verdict.kind === "ready" ? "healthy" : `${verdict.kind}: ${verdict.message}`;
}

/** Sends the request over HTTP, the way into the cluster being a port-forward, and reads it back. */
async function request(
  cluster: KubeConfig,
  { namespace, name, host }: Place,
  { path, body }: SampleRequest,
): Promise<unknown> {
  const asked = host === undefined ? {} : { host };
  const { url, close } = await forward(cluster, namespace, name);
  try {
    const placed = await answered(`${url}${path}`, {
      method: "POST",
      headers: { ...asked, "content-type": "application/json", "idempotency-key": randomUUID() },
      body: JSON.stringify(body),
    });
    return await answered(`${url}${path}/${(placed as { id: string }).id}`, { headers: asked });
  } finally {
    close();
  }
}

/** A service that became ready a moment ago may not be known to every proxy yet: that is asked for again. */
async function answered(url: string, { method = "GET", headers, body = null }: Question): Promise<unknown> {
  const deadline = Date.now() + settlingTime;
  for (;;) {
    // Not fetch, which says itself for whom it asks.
    const response = await ask(url, { method, headers, body, reset: true });
    const text = await response.body.text();
    if (response.statusCode < 300) return JSON.parse(text);
    if (!settling.has(response.statusCode) || Date.now() > deadline)
      throw new Fault(`${method} ${new URL(url).pathname} was answered ${response.statusCode}: ${text}`, 2);
    await setTimeout(500);
  }
}

interface Question {
  readonly method?: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly body?: string | null;
}

// kube-proxy programs new endpoints once a second by default, and later on a busy node.
const settlingTime = 30_000;
const settling: ReadonlySet<number> = new Set([502, 503, 504]);

function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return [header, ...rows]
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
