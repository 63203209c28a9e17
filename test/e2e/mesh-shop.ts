import { fieldManager } from "../../stacks/delivery/pulumi/object.ts";
import type { Cluster } from "./cluster.ts";
import { until } from "./until.ts";

/** A request that a stand-in has answered, by its own log. */
export interface Served {
  /** When it was done, in milliseconds since the epoch. */
  readonly done: number;
  readonly method: string;
  readonly path: string;
  /** 499 where the caller had left. */
  readonly status: number;
  readonly milliseconds: number;
}

/** MountainPass in the mesh of the local cluster: who runs, what they served, and what their sidecars count. */
export class MeshedShop {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The pods of a service that run and are not about to end. */
  async pods(service: string, component = "service"): Promise<Pod[]> {
    return (await this.#allPods(service, component)).filter(
      ({ metadata, status }) => status.phase === "Running" && metadata.deletionTimestamp === undefined,
    );
  }

  /**
   * Holds an autoscaled service at one replica, so that no pod comes or goes by what is asked of it; gives back what lets
   * it go.
   */
  async held(service: string): Promise<() => Promise<void>> {
    const scaler = await this.#cluster.get<Scaler>(
      "horizontalpodautoscalers.v2.autoscaling",
      "-n",
      home(service),
      service,
    );
    const letGo = () => this.#scaled(scaler, scaler.spec.maxReplicas);
    try {
      await this.#scaled(scaler, 1);
      await until(
        `one replica of ${service}`,
        () => this.#allPods(service),
        (pods) => pods.length === 1 && pods.every(isReady),
      );
    } catch (error) {
      await letGo();
      throw error;
    }
    return letGo;
  }

  /** By all that is applied of it and under Pulumi's own name: who owns which of its fields stays as it was. */
  async #scaled({ apiVersion, kind, metadata, spec }: Scaler, maxReplicas: number): Promise<void> {
    const { name, namespace, labels, annotations } = metadata;
    const scaler = {
      ...{ apiVersion, kind, metadata: { name, namespace, labels, annotations } },
      spec: { ...spec, maxReplicas },
    };
    const { failed, stderr } = await this.#cluster.apply(
      [scaler],
      ...["--server-side", `--field-manager=${fieldManager}`],
    );
    if (failed) throw new Error(stderr);
  }

  /** Tells every pod of a service how to misbehave from now on; nothing ends it. */
  async fault(service: string, words: string): Promise<void> {
    for (const { metadata } of await this.pods(service))
      await this.#exec(service, metadata.name, service, [
        ...standIn,
        "fault",
        ...words.split(" ").filter(Boolean),
      ]);
  }

  /** What a service has served since a moment, probes excepted. */
  async served(service: string, since: number): Promise<Served[]> {
    const time = `--since-time=${new Date(since).toISOString()}`;
    const texts: string[] = [];
    for (const pod of await this.#allPods(service))
      if (hasStarted(pod, service))
        texts.push(
          await this.#cluster.kubectl("logs", "-n", home(service), pod.metadata.name, "-c", service, time),
        );
    return texts
      .flatMap((text) => text.split("\n"))
      .filter((line) => line.includes('"message":"request"'))
      .map((line) => JSON.parse(line))
      .filter(({ path }) => !path.startsWith("/health/"))
      .map(({ time, method, path, status, duration_ms }) => ({
        ...{ done: Date.parse(time), method, path, status },
        milliseconds: duration_ms,
      }))
      .filter(({ done }) => done >= since);
  }

  /** The sum of a statistic over the sidecars of a service, of all whose names match. */
  async statistic(service: string, name: RegExp, component = "service"): Promise<number> {
    let sum = 0;
    for (const { metadata } of await this.pods(service, component))
      sum += sumOf(await this.sidecar(service, metadata.name, "stats"), name);
    return sum;
  }

  /** What the container of a service gets when it asks a URL so often, one after the other, by way of its own sidecar. */
  async asked(service: string, url: string, { method = "GET", times = 1 } = {}): Promise<Answered[]> {
    const [pod] = await this.pods(service);
    if (pod === undefined) throw new Error(`${service} has no pod that runs`);
    const [node = ""] = standIn;
    const words = [node, "--input-type=module", "--eval", asksHttp, url, method, String(times)];
    return JSON.parse(await this.#exec(service, pod.metadata.name, service, words));
  }

  /** How many of the requests that left each pod of a service were answered within each bound. */
  async outboundTimes(service: string): Promise<Times> {
    const times = new Map<string, ReadonlyMap<number, number>>();
    for (const { metadata } of await this.pods(service)) {
      const text = await this.sidecar(service, metadata.name, "stats/prometheus");
      times.set(metadata.name, new Map([...text.matchAll(outboundBucket)].map(boundAndCount)));
    }
    return times;
  }

  /** What a sidecar's Envoy tells of itself. */
  sidecar(service: string, pod: string, path: string): Promise<string> {
    return this.#exec(service, pod, "istio-proxy", ["pilot-agent", "request", "GET", path]);
  }

  async #allPods(service: string, component = "service"): Promise<Pod[]> {
    return (await this.#cluster.get<{ items: Pod[] }>("pods", ...of(service, component))).items;
  }

  #exec(service: string, pod: string, container: string, words: readonly string[]): Promise<string> {
    return this.#cluster.kubectl("exec", "-n", home(service), pod, "-c", container, "--", ...words);
  }
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: {
    readonly phase: string;
    readonly podIP: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly name: string; readonly state: object }[];
  };
}

function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Whether a container has a log: of one that waits for its pod, kubectl knows none. */
function hasStarted({ status }: Pod, container: string): boolean {
  return (
    status.containerStatuses?.some(
      ({ name, state }) => name === container && ("running" in state || "terminated" in state),
    ) ?? false
  );
}

interface Scaler {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: object;
    readonly annotations?: object;
  };
  readonly spec: { readonly maxReplicas: number };
}

/** How the image runs its program. */
export const standIn = ["/usr/bin/node", "/app/stand-in.mjs"];

/** An answer, and how long it took. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly milliseconds: number;
}

/** By pod, and by the bounds of the mesh's histograms in milliseconds. */
export type Times = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Of the listener on the port that all APIs of the shop have. */
const outboundBucket =
  /^envoy_http_downstream_rq_time_bucket\{http_conn_manager_prefix="outbound_0\.0\.0\.0_3000[^}]*le="([^"]+)"\} (\d+)$/gm;

function boundAndCount([, bound, count]: RegExpExecArray): [number, number] {
  return [bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound), Number(count)];
}

const asksHttp = `
const [url, method, times] = process.argv.slice(1);
const init = method === "POST" ? { body: "{}", headers: { "content-type": "application/json" } } : {};
const answers = [];
for (let asked = 0; asked < Number(times); asked += 1) {
  const from = performance.now();
  const response = await fetch(url, { method, ...init, signal: AbortSignal.timeout(5000) });
  const [status, text] = [response.status, await response.text()];
  answers.push({ status, text, milliseconds: performance.now() - from });
}
console.log(JSON.stringify(answers));
`;

/** The sum of the counters whose names match, of what Envoy tells as statistics. */
export function sumOf(statistics: string, name: RegExp): number {
  return [...statistics.matchAll(/^(.+): (\d+)$/gm)]
    .filter(([, counter = ""]) => name.test(counter))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}

export function home(service: string): string {
  return `dev-${service}`;
}

function of(service: string, component: string): string[] {
  const labels = `app.kubernetes.io/name=${service},app.kubernetes.io/component=${component}`;
  return ["-n", home(service), "-l", labels];
}
