import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { HostTools } from "./host-tools.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { inCluster } from "./layout.ts";

/** Where containerd finds every plugin of the pods' network: it looks in one folder only. */
export const pluginsFolder = inCluster("plugins");

/** The folder in which istio-cni looks for its kubeconfig, and keeps its log. */
const runDirectory = inCluster("istio-cni");

/**
 * The last plugin of every pod's network: Istio's, which sends the traffic of a pod with a sidecar through that. So no
 * container of the pod needs NET_ADMIN, which Pod Security refuses. Istio's own pod has no sidecar and DNS must not
 * wait for the API server, so their namespaces are left alone, as upstream does.
 */
export const redirection = {
  type: "istio-cni",
  cni_agent_run_dir: runDirectory,
  exclude_namespaces: ["istio-system", "kube-system"],
  // By nft, which this machine's tools have for kube-proxy, and not by iptables and its own folder of extensions.
  native_nftables: true,
} as const;

/** Puts the plugins of Debian and Istio's into their folder. */
export async function gatherPlugins(
  { plugins }: Pick<HostTools, "plugins">,
  istioCni: string,
): Promise<void> {
  const folders = [pluginsFolder, runDirectory];
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  const links = pluginLinks(plugins, await readdir(plugins), istioCni);
  await Promise.all(Object.entries(links).map(([path, target]) => symlink(target, path)));
}

/** What lies in the two folders, and where it comes from. */
export function pluginLinks(
  debian: string,
  names: readonly string[],
  istioCni: string,
): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(names.map((name) => [join(pluginsFolder, name), join(debian, name)])),
    [join(pluginsFolder, redirection.type)]: istioCni,
    // It runs for the kubelet and asks for nothing but the pods of this node, which are the kubelet's to read.
    [join(runDirectory, "istio-cni-kubeconfig")]: kubeconfigOf("kubelet"),
  };
}
