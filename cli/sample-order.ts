import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { CoreV1Api, KubeConfig, type KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import type { Environment } from "../constructs/index.ts";
import { isWorkload } from "../constructs/kubernetes/rollout.ts";
import { namespaceOf } from "../constructs/model/names.ts";
import { renderShop, type SampleRequest, type Shop } from "../stacks/delivery/index.ts";
import { judge, type WorkloadStatus } from "../stacks/delivery/pulumi/verdict.ts";
import { Fault } from "../tools/fault.ts";
import { forward } from "../tools/port-forward.ts";
import type { Target } from "../tools/target.ts";

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
  const rows = await Promise.all(
    renderShop(shop, environment).flatMap(({ manifests }) =>
      manifests.filter(isWorkload).map((workload) => row(cluster, workload)),
    ),
  );
  if (!json) console.log(table(["service", "version", "ready", "rollout", "url"], rows.map(Object.values)));
  const { sampleRequest } = shop;
  if (sampleRequest !== undefined) console.error(`\nPOST ${sampleRequest.path} to ${sampleRequest.service}:`);
  const answer = sampleRequest && {
    answer: await request(cluster, namespaceOf(environment, sampleRequest.service), sampleRequest),
  };
  if (json) console.log(JSON.stringify({ services: rows, ...answer }, null, 2));
  else if (answer) console.log(JSON.stringify(answer.answer, null, 2));
}

type LiveWorkload = KubernetesObject &
  WorkloadStatus & {
    spec: { replicas: number; template: { metadata: { labels: Record<string, string> } } };
    status: { readyReplicas?: number; availableReplicas?: number };
  };

/** What there is to say of a running service. */
interface Row {
  readonly service: string;
  readonly version: string;
  readonly ready: string;
  readonly rollout: string;
  readonly url: string;
}

async function row(cluster: KubeConfig, { apiVersion, kind, metadata }: KubernetesObject): Promise<Row> {
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
    url: `http://${spec?.clusterIP}:${spec?.ports?.[0]?.port}`,
  };
}

function rolloutState(workload: LiveWorkload): string {
  const verdict = judge(workload);
  return verdict.kind === "ready" ? "healthy" : `${verdict.kind}: ${verdict.message}`;
}

/** Sends the request over HTTP, the way into the cluster being a port-forward, and reads it back. */
async function request(
  cluster: KubeConfig,
  namespace: string,
  { service, path, body }: SampleRequest,
): Promise<unknown> {
  const { url, close } = await forward(cluster, namespace, service);
  try {
    const placed = await answered(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
      body: JSON.stringify(body),
    });
    return await answered(`${url}${path}/${(placed as { id: string }).id}`);
  } finally {
    close();
  }
}

/** A service that became ready a moment ago may not be known to every proxy yet: that is asked for again. */
async function answered(url: string, options?: RequestInit): Promise<unknown> {
  const deadline = Date.now() + settlingTime;
  for (;;) {
    const response = await fetch(url, { ...options, headers: { ...options?.headers, connection: "close" } });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    if (!settling.has(response.status) || Date.now() > deadline)
      throw new Fault(
        `${options?.method ?? "GET"} ${new URL(url).pathname} was answered ${response.status}: ${text}`,
        2,
      );
    await setTimeout(500);
  }
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
