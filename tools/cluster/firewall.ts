import { type HostTools, runTool } from "./host-tools.ts";
import { BRIDGE, CLUSTER_NAME, NODE_ADDRESS } from "./layout.ts";

/** A chain or a rule, as `nft --json` lists it. */
interface Listed {
  readonly family: string;
  readonly table: string;
}

interface Chain extends Listed {
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
}

interface Rule extends Listed {
  readonly chain: string;
  readonly handle: number;
  readonly comment?: string;
}

/** All that nftables has, to which the chains of today's iptables belong. */
export type Ruleset = readonly { readonly chain?: Chain; readonly rule?: Rule }[];

/**
 * What must get through: pods to pods, which passes the firewall although it only crosses the bridge, as Services
 * need bridge-nf-call-iptables; and pods to the API server and the kubelet.
 */
const admitted: Readonly<Record<string, readonly string[]>> = {
  forward: ["iifname", BRIDGE, "oifname", BRIDGE],
  input: ["iifname", BRIDGE, "ip", "daddr", NODE_ADDRESS],
};

/**
 * Admits the pods at the head of every firewall of this machine: Docker's drops what it does not know, and what
 * one table drops no other can let through.
 */
export async function admitPods(tools: HostTools): Promise<void> {
  for (const words of admissions(await ruleset(tools))) await runTool(tools, "nft", words);
}

/** Takes back what `admitPods` did, wherever the rules are by now. */
export async function withdrawPods(tools: HostTools): Promise<void> {
  for (const words of withdrawals(await ruleset(tools))) await runTool(tools, "nft", words);
}

/** The commands that admit the pods. A machine without a firewall has no chain for them, and gets none. */
export function admissions(ruleset: Ruleset): string[][] {
  return ruleset
    .flatMap(({ chain }) => chain ?? [])
    .filter(({ family, type }) => type === "filter" && ["ip", "inet"].includes(family))
    .flatMap(({ family, table, name, hook }) => {
      const match = admitted[hook ?? ""];
      return match
        ? [["insert", "rule", family, table, name, ...match, "accept", "comment", CLUSTER_NAME]]
        : [];
    });
}

/** The commands that remove our rules, which their comment tells apart. */
export function withdrawals(ruleset: Ruleset): string[][] {
  return ruleset
    .flatMap(({ rule }) => rule ?? [])
    .filter(({ comment }) => comment === CLUSTER_NAME)
    .map(({ family, table, chain, handle }) => [
      "delete",
      "rule",
      family,
      table,
      chain,
      "handle",
      `${handle}`,
    ]);
}

async function ruleset(tools: HostTools): Promise<Ruleset> {
  return JSON.parse(await runTool(tools, "nft", ["--json", "list", "ruleset"])).nftables;
}
