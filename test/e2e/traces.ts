import { readdir, readFile } from "node:fs/promises";
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

/** Takes stock of this machine. */
export async function traces(): Promise<Traces> {
  const mounts = (await readFile("/proc/self/mounts", "utf8"))
    .split("\n")
    .map((line) => line.split(" ").slice(0, 3).join(" "));
  const hierarchies = mounts
    .filter((line) => / cgroup2?$/.test(line))
    .map((line) => line.split(" ")[1] ?? "");
  const groups = await Promise.all(hierarchies.map((folder) => list(folder)));
  return {
    mounts: mounts.sort(),
    links: await list("/sys/class/net"),
    namespaces: [...(await list("/run/netns")), ...(await list("/var/run/netns"))],
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

/** The command lines of processes that belong to a cluster: its programs, its containers' shims, its pods. */
export async function clusterProcesses(checkout: string): Promise<string[]> {
  const ids = (await list("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map(async (id) => (await read(`/proc/${id}/cmdline`)).replaceAll("\0", " ")),
  );
  // Not the programs themselves: others on this machine may run the same ones for something else.
  const signs = [checkout, "/run/pressurevalve/", "/app/stand-in", "postgres -c"];
  return lines.filter((line) => signs.some((sign) => line.includes(sign)));
}

async function list(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function read(file: string): Promise<string> {
  return (await readFile(file, "utf8").catch(() => "")).trim();
}
