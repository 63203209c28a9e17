import { certificate, serviceAccountKeys } from "./certificates.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { CLUSTER_NAME, inCluster, listeners, NODE_ADDRESS, SERVICE_NETWORK } from "./layout.ts";
import type { Component } from "./processes.ts";
import { readiness } from "./readiness.ts";

/** Turns `{ "bind-address": "127.0.0.1" }` into `--bind-address=127.0.0.1`. */
export function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

/** etcd: everything that the API server knows. */
export function etcd(kubernetes: string): Component {
  const { cert, key } = certificate("etcd");
  const ca = certificate("etcd-ca").cert;
  const client = `https://127.0.0.1:${listeners.etcd.port}`;
  const peer = `https://127.0.0.1:${listeners["etcd peer"].port}`;
  const metrics = `http://127.0.0.1:${listeners["etcd metrics"].port}`;
  return {
    name: "etcd",
    program: kubernetes,
    args: [
      "etcd",
      ...flags({
        name: CLUSTER_NAME,
        "data-dir": inCluster("etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": `${CLUSTER_NAME}=${peer}`,
        "listen-metrics-urls": metrics,
        "log-format": "console",
        "cert-file": cert,
        "key-file": key,
        "trusted-ca-file": ca,
        "client-cert-auth": true,
        "peer-cert-file": cert,
        "peer-key-file": key,
        "peer-trusted-ca-file": ca,
        "peer-client-cert-auth": true,
      }),
    ],
    ready: readiness.etcd,
  };
}

/** The API server. It listens on the bridge only: pods need it there, and the machine reaches it there too. */
export function apiServer(kubernetes: string): Component {
  const serving = certificate("kube-apiserver");
  const toEtcd = certificate("kube-apiserver-etcd-client");
  const toKubelet = certificate("kube-apiserver-kubelet-client");
  const toExtensions = certificate("front-proxy-client");
  return {
    name: "kube-apiserver",
    program: kubernetes,
    args: [
      "kube-apiserver",
      ...flags({
        "bind-address": NODE_ADDRESS,
        "advertise-address": NODE_ADDRESS,
        "secure-port": listeners["kube-apiserver"].port,
        "tls-cert-file": serving.cert,
        "tls-private-key-file": serving.key,
        "client-ca-file": certificate("ca").cert,
        "etcd-servers": `https://127.0.0.1:${listeners.etcd.port}`,
        "etcd-cafile": certificate("etcd-ca").cert,
        "etcd-certfile": toEtcd.cert,
        "etcd-keyfile": toEtcd.key,
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": true,
        "service-cluster-ip-range": SERVICE_NETWORK,
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": serviceAccountKeys.public,
        "service-account-signing-key-file": serviceAccountKeys.private,
        "kubelet-preferred-address-types": "InternalIP",
        "kubelet-certificate-authority": certificate("ca").cert,
        "kubelet-client-certificate": toKubelet.cert,
        "kubelet-client-key": toKubelet.key,
        "requestheader-client-ca-file": certificate("front-proxy-ca").cert,
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-username-headers": "X-Remote-User",
        "proxy-client-cert-file": toExtensions.cert,
        "proxy-client-key-file": toExtensions.key,
      }),
    ],
    ready: readiness["kube-apiserver"],
  };
}

/** The controllers that Kubernetes itself brings. */
export function controllerManager(kubernetes: string): Component {
  const serving = certificate("kube-controller-manager");
  const ca = certificate("ca");
  const port = listeners["kube-controller-manager"].port;
  return {
    name: "kube-controller-manager",
    program: kubernetes,
    args: [
      "kube-controller-manager",
      ...flags({
        ...asComponent("kube-controller-manager"),
        "bind-address": "127.0.0.1",
        "secure-port": port,
        "tls-cert-file": serving.cert,
        "tls-private-key-file": serving.key,
        "cluster-name": CLUSTER_NAME,
        // By default a folder under /usr, which it would make.
        "flex-volume-plugin-dir": inCluster("kubelet", "volume-plugins"),
        "cluster-signing-cert-file": ca.cert,
        "cluster-signing-key-file": ca.key,
        "root-ca-file": ca.cert,
        "service-account-private-key-file": serviceAccountKeys.private,
        "use-service-account-credentials": true,
      }),
    ],
    ready: readiness["kube-controller-manager"],
  };
}

/** The scheduler. */
export function scheduler(kubernetes: string): Component {
  const serving = certificate("kube-scheduler");
  const port = listeners["kube-scheduler"].port;
  return {
    name: "kube-scheduler",
    program: kubernetes,
    args: [
      "kube-scheduler",
      ...flags({
        ...asComponent("kube-scheduler"),
        "bind-address": "127.0.0.1",
        "secure-port": port,
        "tls-cert-file": serving.cert,
        "tls-private-key-file": serving.key,
      }),
    ],
    ready: readiness["kube-scheduler"],
  };
}

/** There is one of each, so none waits to be elected. */
function asComponent(name: "kube-controller-manager" | "kube-scheduler"): Record<string, string | boolean> {
  const kubeconfig = kubeconfigOf(name);
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "leader-elect": false,
  };
}
