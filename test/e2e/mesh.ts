import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Cluster } from "./cluster.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

const meshed = "mesh-inside";
const plain = "mesh-outside";
const port = 8080;
const service = `http://server.${meshed}:${port}`;

/** The mesh by itself: two pods with sidecars, and a pod and this machine without. */
export function mesh(scene: () => Scene): void {
  beforeAll(async () => {
    const { cluster } = scene();
    const image = await busybox(scene());
    await applied(cluster, [
      namespace(meshed, { "istio-injection": "enabled", ...restricted }),
      namespace(plain, restricted),
    ]);
    await applied(cluster, [
      ...workload({ home: meshed, name: "server", image, command: serve, replicas: 2 }),
      ...workload({ home: meshed, name: "client", image, command: wait }),
      ...workload({ home: plain, name: "stranger", image, command: wait }),
      {
        ...named("v1", "Service", meshed, "server"),
        spec: { selector: { app: "server" }, ports: [{ name: "http", port }] },
      },
    ]);
    for (const [home, name] of [
      [meshed, "server"],
      [meshed, "client"],
      [plain, "stranger"],
    ] as const)
      await cluster.kubectl("rollout", "status", "-n", home, `deployment/${name}`, "--timeout=120s");
  });

  afterAll(async () => {
    await scene().cluster.kubectl("delete", "namespace", meshed, plain, "--wait=false");
  });

  test("a namespace of the restricted Pod Security Standard takes pods with a sidecar, and all of them are ready", async () => {
    const lines = (await scene().cluster.kubectl("get", "pods", "-n", meshed, "--no-headers")).split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/ 2\/2 +Running /);
  });

  test("the standard is enforced there: a pod that asks for NET_ADMIN is refused", async () => {
    const { cluster } = scene();
    const { failed, stderr } = await cluster.apply([greedy(await busybox(scene()))], "--dry-run=server");
    expect(failed).toBe(true);
    expect(stderr).toMatch(/violates PodSecurity "restricted:latest".*NET_ADMIN/);
  });

  test("the sidecar starts before the container and ends after it, as Kubernetes' own kind of sidecar", async () => {
    const { items } = await scene().cluster.get<{ items: Pod[] }>("pods", "-n", meshed);
    const restarts = items.map(({ spec }) =>
      spec.initContainers.map(({ name, restartPolicy }) => [name, restartPolicy]),
    );
    expect(restarts).toEqual(
      items.map(() => [
        ["istio-validation", undefined],
        ["istio-proxy", "Always"],
      ]),
    );
  });

  test("each pod proves itself by the name of its service account", async () => {
    for (const name of ["server", "client"]) {
      const certificates = await admin(scene().cluster, name, "certs");
      expect(certificates).toContain(`spiffe://cluster.local/ns/${meshed}/sa/${name}`);
    }
  });

  test("while plain text is permitted, it is answered: the refusals below are the mesh's doing", async () => {
    const { cluster } = scene();
    expect(await ask(cluster, plain, "stranger")).toMatch(/^server-/);
    expect(await (await fetch(`${await cluster.url(meshed, "server")}/hostname`)).text()).toMatch(/^server-/);
  });

  test("with STRICT, plain text is refused, be it from a pod, from this machine, by the Service or by a pod's address", async () => {
    const { cluster } = scene();
    await applied(cluster, [
      {
        ...named("security.istio.io/v1", "PeerAuthentication", meshed, "strict"),
        spec: { mtls: { mode: "STRICT" } },
      },
    ]);
    const { items } = await cluster.get<{ items: Pod[] }>("pods", "-n", meshed, "-l", "app=server");
    const addresses = items.map(({ status }) => `http://${status.podIP}:${port}`);
    expect(addresses).toHaveLength(2);
    for (const url of [await cluster.url(meshed, "server"), ...addresses]) {
      await until(
        `a refusal of ${url}`,
        () => refusal(url),
        (words) => words !== undefined,
        1,
      );
      expect(await refusal(url)).toMatch(/ECONNRESET|other side closed/);
      await expect(ask(cluster, plain, "stranger", url)).rejects.toThrow(/wget: /);
    }
  });

  test("from a pod of the mesh both servers answer, by a name of Kubernetes' own DNS", async () => {
    const { cluster } = scene();
    const answers = new Set<string>();
    await until(
      "an answer of either server",
      async () => answers.add(await ask(cluster, meshed, "client")),
      () => answers.size === 2,
      1,
    );
    for (const answer of answers) expect(answer).toMatch(/^server-/);
  });

  test("Envoy counts what came by mutual TLS, and what was refused because it came without", async () => {
    const statistics = await admin(scene().cluster, "server", "stats?filter=_15006");
    expect(count(statistics, "ssl.handshake")).toBeGreaterThan(0);
    expect(count(statistics, "no_filter_chain_match")).toBeGreaterThan(0);
  });

  test("Prometheus asks every Envoy of the mesh", async () => {
    const query = `up{namespace="${meshed}"}`;
    const up = await until(
      "all Envoys",
      () => asked(scene().cluster, query),
      (series) => series.length === 3,
    );
    expect(up.map(({ value }) => value[1])).toEqual(["1", "1", "1"]);
  });

  test("Prometheus knows how long each server took, within 200 ms and within 500 ms", async () => {
    // Prometheus 3 writes the bounds as floats, Prometheus 2 as Envoy does.
    const inbound = `namespace="${meshed}", http_conn_manager_prefix=~"inbound_.*", le=~"(200|500)([.]0)?"`;
    const buckets = await until(
      "both buckets of both servers",
      () => asked(scene().cluster, `sum by (pod, le) (envoy_http_downstream_rq_time_bucket{${inbound}}) > 0`),
      (series) => series.length === 4,
    );
    expect(new Set(buckets.map(({ metric }) => Number(metric.le)))).toEqual(new Set([200, 500]));
  });
}

interface Pod {
  readonly spec: {
    readonly initContainers: readonly { readonly name: string; readonly restartPolicy?: string }[];
  };
  readonly status: { readonly podIP: string };
}

const restricted = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
};

/** It answers /hostname with the pod's name. */
const serve = ["busybox", "httpd", "-f", "-p", `${port}`, "-h", "/etc"];
const wait = ["busybox", "sleep", "86400"];

function named(apiVersion: string, kind: string, home: string, name: string) {
  return { apiVersion, kind, metadata: { name, namespace: home } };
}

function namespace(name: string, labels: Record<string, string>): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

interface Workload {
  readonly home: string;
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly replicas?: number;
}

/** A Deployment with a service account of its own. */
function workload({ home, name, image, command, replicas = 1 }: Workload): object[] {
  return [
    named("v1", "ServiceAccount", home, name),
    {
      ...named("apps/v1", "Deployment", home, name),
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            serviceAccountName: name,
            terminationGracePeriodSeconds: 1,
            containers: [container(name, image, command)],
          },
        },
      },
    },
  ];
}

function container(
  name: string,
  image: string,
  command: readonly string[],
  add: readonly string[] = [],
): object {
  return {
    name,
    image,
    command,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"], add },
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

function greedy(image: string): object {
  return {
    ...named("v1", "Pod", meshed, "greedy"),
    spec: { containers: [container("greedy", image, wait, ["NET_ADMIN"])] },
  };
}

async function busybox({ checkout }: Scene): Promise<string> {
  const { tools } = JSON.parse(await readFile(join(checkout.folder, "stacks", "images.dev.json"), "utf8"));
  return tools.busybox;
}

async function applied(cluster: Cluster, manifests: object[]): Promise<void> {
  const { failed, stderr } = await cluster.apply(manifests);
  if (failed) throw new Error(stderr);
}

/** What a pod gets as an answer; the error of one that is refused holds wget's words. */
function ask(cluster: Cluster, home: string, name: string, url = service): Promise<string> {
  // Not wget's own -T: Debian's static busybox dies of it.
  const words = ["timeout", "5", "wget", "-q", "-O", "-", `${url}/hostname`];
  return cluster.kubectl("exec", "-n", home, `deployment/${name}`, "-c", name, "--", ...words);
}

/** Why this machine gets no answer by plain text; undefined when it gets one. */
async function refusal(url: string): Promise<string | undefined> {
  // A connection that is kept from before would still be served.
  const asked = fetch(`${url}/hostname`, {
    headers: { connection: "close" },
    signal: AbortSignal.timeout(5000),
  });
  return asked.then(
    () => undefined,
    (error) => `${error.cause?.code} ${error.cause?.message}`,
  );
}

/** What a sidecar's Envoy tells of itself. */
function admin(cluster: Cluster, name: string, path: string): Promise<string> {
  const words = ["pilot-agent", "request", "GET", path];
  return cluster.kubectl("exec", "-n", meshed, `deployment/${name}`, "-c", "istio-proxy", "--", ...words);
}

/** What a statistic of Envoy's listener for traffic from outside the pod says. */
function count(statistics: string, name: string): number {
  const [, value] =
    new RegExp(`^listener\\..*_15006\\.${name.replace(".", "\\.")}: (\\d+)$`, "m").exec(statistics) ?? [];
  return Number(value);
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function asked(cluster: Cluster, query: string): Promise<readonly Series[]> {
  const prometheus = await cluster.url("prometheus", "prometheus");
  const answer = await fetch(`${prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await answer.json()) as { data: { result: readonly Series[] } };
  return data.result;
}
