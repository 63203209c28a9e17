import { apiServerUrl, containerdSocket, listeners } from "./layout.ts";
import { accepts, answers } from "./probe.ts";

/** The processes that make up a running cluster, each with what tells that it does its work. */
export const readiness = {
  etcd: () => answers(`http://127.0.0.1:${listeners["etcd metrics"].port}/readyz`),
  "kube-apiserver": () => answers(`${apiServerUrl}/readyz`),
  "kube-controller-manager": () =>
    answers(`https://127.0.0.1:${listeners["kube-controller-manager"].port}/healthz`),
  "kube-scheduler": () => answers(`https://127.0.0.1:${listeners["kube-scheduler"].port}/healthz`),
  containerd: () => accepts(containerdSocket),
  kubelet: () => answers(`http://127.0.0.1:${listeners["kubelet health"].port}/healthz`),
  "kube-proxy": () => answers(`http://127.0.0.1:${listeners["kube-proxy health"].port}/livez`),
} as const satisfies Record<string, () => Promise<boolean>>;

export type ProcessName = keyof typeof readiness;

export const processNames = Object.keys(readiness) as ProcessName[];
