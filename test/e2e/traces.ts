import { readdir, readFile, readlink } from "node:fs/promises";
import { hostTools, runTool } from "../../tools/cluster/host-tools.ts";

/** What a cluster could leave on a machine. */
export interface Traces {
  readonly links: string[];
  readonly mounts: string[];
  readonly namespaces: string[];
  readonly controlGroups: string[];
  readonly records: string[];
  /** The rules of nftables, to which those of iptables belong. */
  readonly rules: string;
  readonly settings: Record<string, string>;
}

const settings = [
  "kernel/panic",
  "kernel/panic_on_oops",
  "vm/overcommit_memory",
  "net/bridge/bridge-nf-call-iptables",
];

/** Takes stock of this machine, as far as a cluster of ours may have changed it: others use it meanwhile. */
export async function traces(): Promise<Traces> {
  const mounts = (await readFile("/proc/self/mounts", "utf8"))
    .split("\n")
    .map((line) => line.split(" ").slice(0, 3).join(" "));
  const hierarchies = mounts
    .filter((line) => / cgroup2?$/.test(line))
    .map((line) => line.split(" ")[1] ?? "");
  const groups = await Promise.all(hierarchies.map((folder) => list(folder)));
  return {
    mounts: mounts.filter((line) => /^\S+ \/run\/pressurevalve|\/\.local\/|\/kubelet\//.test(line)).sort(),
    links: await ourLinks(),
    namespaces: (await list("/run/netns")).filter((name) => name.startsWith("cni-")),
    controlGroups: groups
      .flat()
      .filter((name) => name.includes("pressurevalve") || name.includes("kubepods")),
    records: await list("/run/pressurevalve"),
    rules: await runTool(await hostTools(), "nft", ["--stateless", "list", "ruleset"]),
    settings: Object.fromEntries(
      await Promise.all(settings.map(async (name) => [name, await read(`/proc/sys/${name}`)])),
    ),
  };
}

/** The bridge of the pods, and the ends of their cables: on it, or on nothing any more. */
async function ourLinks(): Promise<string[]> {
  const names = (await list("/sys/class/net")).filter((name) => /^(pressurevalve|veth|kube-)/.test(name));
  const owners = await Promise.all(
    names.map((name) => readlink(`/sys/class/net/${name}/master`).catch(() => "")),
  );
  return names.filter((_, at) => /^$|pressurevalve/.test(owners[at] ?? ""));
}

/** The command lines of processes that belong to a cluster: its programs, its containers' shims, its pods. */
export async function clusterProcesses(checkout: string): Promise<string[]> {
  const ids = (await list("/proc")).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(
    ids.map(async (id) => ({
      line: (await read(`/proc/${id}/cmdline`)).replaceAll("\0", " "),
      groups: await read(`/proc/${id}/cgroup`),
    })),
  );
  // Not the programs themselves: others on this machine may run the same ones for something else.
  const signs = [checkout, "-address /run/pressurevalve/"];
  return processes
    .filter(
      ({ line, groups }) => groups.includes(":/pressurevalve/") || signs.some((sign) => line.includes(sign)),
    )
    .map(({ line }) => line);
}

async function list(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function read(file: string): Promise<string> {
  return (await readFile(file, "utf8").catch(() => "")).trim();
}
