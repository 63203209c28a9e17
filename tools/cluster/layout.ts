import { join } from "node:path";
import { shopRoot } from "../shop-root.ts";

/** The folder of this shop's cluster; everything that outlives a stop lies beneath it. */
export const clusterFolder = join(shopRoot, ".local", "cluster");

/**
 * What lives no longer than the running cluster: its record, sockets (their paths must be short) and mounts.
 * One machine runs one cluster, so it is one folder whatever the checkout.
 */
export const runFolder = "/run/pressurevalve";

/** The credentials of the cluster's administrator; its context is named like the cluster, `pressurevalve`. */
export const kubeconfigPath = join(clusterFolder, "kubeconfig");

export const CLUSTER_NAME = "pressurevalve";
export const NODE_NAME = "pressurevalve";
export const ZONE = "local-a";

/**
 * The bridge that joins the pods. Its address is the node's and the API server's too: pods reach it, and
 * nothing beyond this machine does.
 */
export const BRIDGE = "pressurevalve0";
export const NODE_ADDRESS = "10.244.0.1";
export const POD_NETWORK = "10.244.0.0/24";

export const SERVICE_NETWORK = "10.96.0.0/16";
/** The first address of the service network, which Kubernetes gives its own Service. */
export const KUBERNETES_SERVICE_ADDRESS = "10.96.0.1";
/** Where every kubeadm cluster has its DNS. */
export const DNS_ADDRESS = "10.96.0.10";
export const CLUSTER_DOMAIN = "cluster.local";

/** The control group beneath which every pod runs, so that what an interrupted cluster left can be told apart. */
export const CGROUP = "pressurevalve";

const API_PORT = 6443;
export const apiServerUrl = `https://${NODE_ADDRESS}:${API_PORT}`;

/** Every port that a component listens on, with its address. */
export const listeners = {
  etcd: { host: "127.0.0.1", port: 2379 },
  "etcd peer": { host: "127.0.0.1", port: 2380 },
  "etcd metrics": { host: "127.0.0.1", port: 2381 },
  "kube-apiserver": { host: NODE_ADDRESS, port: API_PORT },
  "kube-controller-manager": { host: "127.0.0.1", port: 10257 },
  "kube-scheduler": { host: "127.0.0.1", port: 10259 },
  kubelet: { host: NODE_ADDRESS, port: 10250 },
  "kubelet health": { host: "127.0.0.1", port: 10248 },
  "kube-proxy health": { host: "127.0.0.1", port: 10256 },
  "kube-proxy metrics": { host: "127.0.0.1", port: 10249 },
} as const;

/** A file or folder of this shop's cluster. */
export function inCluster(...path: string[]): string {
  return join(clusterFolder, ...path);
}

/** A file or folder of the running cluster. */
export function inRun(...path: string[]): string {
  return join(runFolder, ...path);
}

/** Where this cluster's containerd listens. */
export const containerdSocket = inRun("containerd.sock");
