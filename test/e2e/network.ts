import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { type Environment, type Manifest, resolve } from "../../constructs/index.ts";
import { services } from "../../services/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { environments } from "../../stacks/environments.ts";
import { shop as mountainPass } from "../../stacks/shop.ts";
import { ensurePrograms } from "../../tools/toolchain.ts";

/** Something that can send or receive: a kind of pod, or an address outside. */
interface Party {
  readonly name: string;
  readonly ip: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
}

type Port = readonly ["TCP" | "UDP", number];

const ports: readonly Port[] = [
  ["TCP", 3000],
  ["TCP", 5432],
  ["TCP", 53],
  ["UDP", 53],
  ["TCP", 15012],
  ["TCP", 15090],
  ["TCP", 22],
];

/** Cyclonus evaluates NetworkPolicies by its own reading of the specification: https://github.com/mattfenwick/cyclonus */
export function network(): void {
  test.each(
    Object.values(environments),
  )("$name: what they admit is the call graph, the platform, and nothing else", async (environment) => {
    const manifests = renderShop(mountainPass, environment).flatMap(({ manifests }) => manifests);
    const parties = [
      ...podsOf(manifests),
      ...platformOf(environment),
      stranger,
      internet,
      ...managedDatabase(environment),
    ];
    const pairs = parties.flatMap((from) => parties.filter((to) => to !== from).map((to) => ({ from, to })));
    const attempts = pairs.flatMap(({ from, to }) => ports.map((port) => ({ from, to, port })));
    // Only pods of the shop have policies; what strangers do among themselves is their own affair.
    const ours = attempts.filter(({ from, to }) => isOurs(from) || isOurs(to));
    const verdicts = await judge(manifests, ours);
    const admitted = ours.filter((_, index) => verdicts[index]).map(describeAttempt);
    expect(admitted.sort()).toEqual(expectedEdges(environment, parties).sort());
  });
}

/** What the environment says of the platform's pods. */
function platformOf({ platformEdges, platformCallers, gateway }: Environment): Party[] {
  const pods = [
    ...platformEdges.map(({ name, to }) => ({ name, ...to })),
    ...platformCallers.map(({ name, from }) => ({ name, ...from })),
    ...(gateway.kind === "istio" ? [{ name: "gateway", ...gateway.pods }] : []),
  ];
  return pods.map(({ name, namespace, podLabels }, index) => ({
    name,
    ip: `10.9.1.${index + 1}`,
    namespace,
    labels: podLabels,
  }));
}

const stranger: Party = {
  name: "stranger",
  ip: "10.9.0.2",
  namespace: "default",
  labels: { app: "stranger" },
};
const internet: Party = { name: "internet", ip: "203.0.113.7" };

function managedDatabase({ stores: { postgres } }: Environment): Party[] {
  if (postgres.kind !== "managed") return [];
  return postgres.subnets.map((subnet) => ({ name: `subnet ${subnet}`, ip: subnet.replace(/0\/\d+$/, "9") }));
}

function isOurs({ labels }: Party): boolean {
  return labels?.["app.kubernetes.io/managed-by"] === "pressurevalve";
}

/** Every pod that a finished object would make. */
function podsOf(manifests: readonly Manifest[]): Party[] {
  return manifests.flatMap((manifest) =>
    labelSets(manifest.spec).map((labels, index) => ({
      name: `${labels["app.kubernetes.io/name"]}/${labels["app.kubernetes.io/component"]}`,
      ip: `10.8.${manifests.indexOf(manifest) % 250}.${index + 1}`,
      namespace: manifest.metadata.namespace as string,
      labels,
    })),
  );
}

function labelSets(value: unknown): Record<string, string>[] {
  if (typeof value !== "object" || value === null) return [];
  const { template } = value as { template?: { metadata?: { labels?: Record<string, string> } } };
  const own = template?.metadata?.labels ? [template.metadata.labels] : [];
  return [...own, ...Object.values(value).flatMap(labelSets)];
}

function expectedEdges(environment: Environment, parties: readonly Party[]): string[] {
  const shop = resolve(services, environment);
  const graph = shop.flatMap(({ name, calls, database, api }) => {
    const users = [`${name}/service`, `${name}/migration`, `${name}/job`];
    const stores =
      database?.store.kind === "managed"
        ? database.store.subnets.map((subnet) => `subnet ${subnet}`)
        : [`${name}/database`];
    return [
      // Several calls of one callee are one way.
      ...[...new Map(calls.map(({ callee, port }) => [callee, port]))].flatMap(([callee, port]) =>
        [`${name}/service`, `${name}/job`].map((from) => edge(from, `${callee}/service`, ["TCP", port])),
      ),
      ...(database
        ? users.flatMap((from) => stores.map((to) => edge(from, to, ["TCP", database.port])))
        : []),
      edge(`${name}/smoke-test`, `${name}/service`, ["TCP", api.port]),
      ...(api.public.length > 0 ? [edge("gateway", `${name}/service`, ["TCP", api.port])] : []),
    ];
  });
  const names = new Set(parties.map(({ name }) => name));
  const { platformEdges, platformCallers } = environment;
  const platform = parties
    .filter(isOurs)
    .flatMap(({ name }) => [
      ...platformEdges.flatMap((to) =>
        to.ports.map(({ protocol, port }) => edge(name, to.name, [protocol, port])),
      ),
      ...platformCallers.flatMap((from) =>
        from.ports.map(({ protocol, port }) => edge(from.name, name, [protocol, port])),
      ),
    ]);
  const present = (text: string) =>
    text.split(" -> ").every((end) => names.has(end.replace(/ (TCP|UDP) \d+$/, "")));
  // Two requests of a smoke test, two jobs: parties of one name that may each do the same.
  return [
    ...graph
      .filter(present)
      .flatMap((text) => parties.filter(({ name }) => text.startsWith(`${name} -> `)).map(() => text)),
    ...platform,
  ];
}

interface Attempt {
  readonly from: Party;
  readonly to: Party;
  readonly port: Port;
}

function describeAttempt({ from, to, port }: Attempt): string {
  return edge(from.name, to.name, port);
}

function edge(from: string, to: string, [protocol, port]: Port): string {
  return `${from} -> ${to} ${protocol} ${port}`;
}

async function judge(manifests: readonly Manifest[], attempts: readonly Attempt[]): Promise<boolean[]> {
  const { cyclonus } = await ensurePrograms(["cyclonus"], (line) => process.stderr.write(`${line}\n`));
  const folder = await mkdtemp(join(tmpdir(), "network-"));
  try {
    const [policies, traffic] = [join(folder, "policies.json"), join(folder, "traffic.json")];
    const items = manifests.filter(({ kind }) => kind === "NetworkPolicy");
    await writeFile(
      policies,
      JSON.stringify({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicyList", items }),
    );
    await writeFile(traffic, JSON.stringify(attempts.map(asTraffic)));
    const { stdout } = await execa(cyclonus, [
      "analyze",
      "--mode=query-traffic",
      `--policy-path=${policies}`,
      `--traffic-path=${traffic}`,
    ]);
    const verdicts = [...stdout.matchAll(/IS ALLOWED\? \| +(TRUE|FALSE)/g)].map(
      ([, verdict]) => verdict === "TRUE",
    );
    if (verdicts.length !== attempts.length)
      throw new Error(`cyclonus judged ${verdicts.length} of ${attempts.length} attempts`);
    return verdicts;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function asTraffic({ from, to, port: [protocol, port] }: Attempt) {
  return {
    Source: asPeer(from),
    Destination: asPeer(to),
    ResolvedPort: port,
    ResolvedPortName: portNames[port] ?? "",
    Protocol: protocol,
  };
}

/** How the containers name their ports. */
const portNames: Record<number, string> = { 3000: "http", 5432: "postgresql" };

function asPeer({ ip, namespace, labels }: Party) {
  if (namespace === undefined) return { IP: ip };
  return {
    IP: ip,
    Internal: {
      PodLabels: labels,
      NamespaceLabels: { "kubernetes.io/metadata.name": namespace },
      Namespace: namespace,
    },
  };
}
