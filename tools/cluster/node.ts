import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dump } from "js-yaml";
import { certificate } from "./certificates.ts";
import { flags } from "./control-plane.ts";
import type { HostTools } from "./host-tools.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import {
  CGROUP,
  CLUSTER_DOMAIN,
  containerdSocket,
  DNS_ADDRESS,
  inCluster,
  listeners,
  NODE_ADDRESS,
  NODE_NAME,
  POD_NETWORK,
  ZONE,
} from "./layout.ts";
import type { Component } from "./processes.ts";
import { readiness } from "./readiness.ts";

/** The kubelet. It labels its node with a zone, by which spread constraints and volumes go. */
export function kubelet(program: string, tools: HostTools): Component {
  return {
    name: "kubelet",
    program,
    args: flags({
      config: inCluster("kubelet.yaml"),
      kubeconfig: kubeconfigOf("kubelet"),
      "root-dir": inCluster("kubelet"),
      "cert-dir": inCluster("kubelet", "pki"),
      "hostname-override": NODE_NAME,
      "node-ip": NODE_ADDRESS,
      "node-labels": `topology.kubernetes.io/zone=${ZONE},topology.kubernetes.io/region=local`,
    }),
    env: tools.env,
    ready: readiness.kubelet,
  };
}

/** kube-proxy: the addresses of Services. */
export function kubeProxy(program: string, tools: HostTools): Component {
  return {
    name: "kube-proxy",
    program,
    args: flags({ config: inCluster("kube-proxy.yaml"), "hostname-override": NODE_NAME }),
    env: tools.env,
    ready: readiness["kube-proxy"],
  };
}

/** Writes the configuration of the kubelet and of kube-proxy. */
export async function configureNode(): Promise<void> {
  await mkdir(inCluster("kubelet"), { recursive: true });
  await writeChanged(inCluster("kubelet.yaml"), dump(kubeletConfig()));
  await writeChanged(inCluster("kube-proxy.yaml"), dump(kubeProxyConfig()));
}

/** A kube-proxy that runs ends when its file is written, be it with the same text. */
async function writeChanged(path: string, text: string): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) !== text) await writeFile(path, text);
}

export function kubeletConfig(): object {
  const serving = certificate("kubelet");
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: listeners.kubelet.host,
    port: listeners.kubelet.port,
    healthzBindAddress: listeners["kubelet health"].host,
    healthzPort: listeners["kubelet health"].port,
    tlsCertFile: serving.cert,
    tlsPrivateKeyFile: serving.key,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificate("ca").cert },
    },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${CGROUP}`,
    // Machines with the older control groups are common enough, nested ones above all.
    failCgroupV1: false,
    failSwapOn: false,
    clusterDomain: CLUSTER_DOMAIN,
    clusterDNS: [DNS_ADDRESS],
    // The machine's own name servers are none of the pods' business.
    resolvConf: "",
    maxPods: 110,
    podLogsDir: inCluster("logs", "pods"),
    volumePluginDir: inCluster("kubelet", "volume-plugins"),
    // The images come from here and from no registry: were they collected, nothing would bring them back.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // A developer's disk is often nearly full, and that is no reason to turn pods away.
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
    shutdownGracePeriod: "0s",
  };
}

export function kubeProxyConfig(): object {
  const health = listeners["kube-proxy health"];
  const metrics = listeners["kube-proxy metrics"];
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig: kubeconfigOf("kube-proxy") },
    bindAddressHardFail: true,
    clusterCIDR: POD_NETWORK,
    healthzBindAddress: `${health.host}:${health.port}`,
    metricsBindAddress: `${metrics.host}:${metrics.port}`,
    // Node ports answer on the bridge and not on the machine's way out.
    nodePortAddresses: [POD_NETWORK],
    // Zero leaves the kernel's own limits as they are, which a nested machine may not change.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}
