import { access } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { execa } from "execa";
import { Fault } from "../fault.ts";
import { withdrawPods } from "./firewall.ts";
import { type HostTools, runTool } from "./host-tools.ts";
import { BRIDGE, NODE_ADDRESS, POD_NETWORK } from "./layout.ts";

/**
 * Makes the bridge that joins the pods. It comes before everything else, because the API server, the kubelet
 * and the node's address are on it; the CNI plugin would make it only with the first pod.
 *
 * @throws Fault when another interface of this machine is on the pod network, or the kernel cannot bridge
 */
export async function makeBridge(tools: HostTools): Promise<void> {
  refuseOverlap();
  await requireBridgeFilter();
  await runTool(tools, "ip", ["link", "add", BRIDGE, "type", "bridge"]);
  await runTool(tools, "ip", ["address", "add", `${NODE_ADDRESS}/24`, "dev", BRIDGE]);
  await runTool(tools, "ip", ["link", "set", BRIDGE, "up"]);
}

/** The kernel settings that the pods' network needs, and what the kubelet and kube-proxy would set by themselves. */
export const networkSettings = {
  // Only what comes from the pods is forwarded; the machine's own setting for all interfaces stays.
  [`net/ipv4/conf/${BRIDGE}/forwarding`]: "1",
  // A Service's answer must pass the address translation although both pods are on the bridge.
  "net/bridge/bridge-nf-call-iptables": "1",
};

function refuseOverlap(): void {
  const prefix = POD_NETWORK.replace(/0\/24$/, "");
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const taken = addresses.find(({ address }) => address.startsWith(prefix));
    if (taken && name !== BRIDGE) {
      throw new Fault(
        `network interface ${name} has the address ${taken.address}, which lies in the pod network ${POD_NETWORK}; stop what uses it, perhaps another local Kubernetes`,
        3,
      );
    }
  }
}

async function requireBridgeFilter(): Promise<void> {
  const setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
  await access(setting).catch(async () => {
    await execa("modprobe", ["br_netfilter"], { reject: false });
    await access(setting).catch((cause) => {
      throw new Fault(
        "the kernel module br_netfilter is missing; Services need it (modprobe br_netfilter)",
        3,
        { cause },
      );
    });
  });
}

/** Removes the bridge, our rules, and the nftables tables that kube-proxy filled. Those of others stay. */
export async function removeNetwork(tools: HostTools): Promise<void> {
  await withdrawPods(tools);
  const missing = /Cannot find device|No such file or directory/;
  await Promise.all([
    runTool(tools, "ip", ["link", "delete", BRIDGE], missing),
    ...["ip", "ip6"].map((family) =>
      runTool(tools, "nft", ["delete", "table", family, "kube-proxy"], missing),
    ),
  ]);
}
