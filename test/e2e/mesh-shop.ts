import type { Cluster } from "./cluster.ts";

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

  /** The way in for the world outside. */
  gateway(): Promise<string> {
    return this.#cluster.url("istio-ingress", "ingress");
  }

  /** The pods of a service that run and are not about to end. */
  async pods(service: string, component = "service"): Promise<Pod[]> {
    const { items } = await this.#cluster.get<{ items: Pod[] }>("pods", ...of(service, component));
    return items.filter(
      ({ metadata, status }) => status.phase === "Running" && metadata.deletionTimestamp === undefined,
    );
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
    const text = await this.#cluster.kubectl(
      ...["logs", ...of(service, "service"), "-c", service, "--tail=-1", "--max-log-requests=20"],
      `--since-time=${new Date(since).toISOString()}`,
    );
    return text
      .split("\n")
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
    for (const { metadata } of await this.pods(service, component)) {
      const text = await this.sidecar(service, metadata.name, "stats");
      for (const [, counter = "", value] of text.matchAll(/^(.+): (\d+)$/gm))
        if (name.test(counter)) sum += Number(value);
    }
    return sum;
  }

  /** What a sidecar's Envoy tells of itself. */
  sidecar(service: string, pod: string, path: string): Promise<string> {
    return this.#exec(service, pod, "istio-proxy", ["pilot-agent", "request", "GET", path]);
  }

  #exec(service: string, pod: string, container: string, words: readonly string[]): Promise<string> {
    return this.#cluster.kubectl("exec", "-n", home(service), pod, "-c", container, "--", ...words);
  }
}

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly phase: string; readonly podIP: string };
}

/** How the image runs its program. */
export const standIn = ["/usr/bin/node", "/app/stand-in.mjs"];

export function home(service: string): string {
  return `dev-${service}`;
}

function of(service: string, component: string): string[] {
  const labels = `app.kubernetes.io/name=${service},app.kubernetes.io/component=${component}`;
  return ["-n", home(service), "-l", labels];
}
