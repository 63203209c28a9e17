import { versionOf } from "../toolchain.ts";
import { hostTools } from "./host-tools.ts";
import type { ProcessName } from "./readiness.ts";

/** The version of the program that a process of the cluster is started from. */
export async function processVersion(name: ProcessName): Promise<string> {
  if (name === "containerd") return `${(await hostTools()).versions.containerd}`;
  return name === "etcd" ? versionOf("kubernetes", "go.etcd.io/etcd/server/v3") : versionOf("kubernetes");
}
