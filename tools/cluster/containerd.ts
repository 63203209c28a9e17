import { mkdir, writeFile } from "node:fs/promises";
import { type HostTools, runTool } from "./host-tools.ts";
import { BRIDGE, containerdSocket, inCluster, inRun, NODE_ADDRESS, POD_NETWORK } from "./layout.ts";
import { pluginsFolder, redirection } from "./plugins.ts";
import type { Component } from "./processes.ts";
import { readiness } from "./readiness.ts";

/** The containerd of this cluster. It knows nothing of one that the machine may have for Docker. */
export function containerd(tools: HostTools): Component {
  return {
    name: "containerd",
    program: "containerd",
    args: ["--config", inCluster("containerd.toml")],
    env: tools.env,
    ready: readiness.containerd,
  };
}

/** Writes the configuration of containerd and of the pods' network. */
export async function configureContainerd(pauseImage: string): Promise<void> {
  await mkdir(inCluster("network"), { recursive: true });
  await writeFile(inCluster("containerd.toml"), containerdConfig(pauseImage));
  await writeFile(inCluster("network", "pressurevalve.conflist"), JSON.stringify(networkConfig(), null, 2));
}

/**
 * AppArmor is off because its profiles are loaded by a program that many machines lack, and the score that
 * the kernel's out-of-memory killer sees is restricted because a nested machine may not lower it.
 */
export function containerdConfig(pauseImage: string): string {
  return `version = 2
root = "${inCluster("containerd")}"
state = "${inRun("containerd")}"
# The first would make /opt/containerd; the others look for file systems that are not there.
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = "${containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  disable_tcp_service = true
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  netns_mounts_under_state_dir = true

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "${inRun("runc")}"
        SystemdCgroup = false

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${pluginsFolder}"
    conf_dir = "${inCluster("network")}"
`;
}

/**
 * The bridge is ours already and its address the pods' gateway, so the plugin is not told to make it one: it
 * would turn on forwarding for every interface of the machine.
 */
export function networkConfig(): object {
  return {
    cniVersion: "1.0.0",
    name: "pressurevalve",
    plugins: [
      {
        type: "bridge",
        bridge: BRIDGE,
        isGateway: false,
        // A pod that calls its own Service comes back to itself.
        hairpinMode: true,
        ipam: {
          type: "host-local",
          dataDir: inRun("addresses"),
          ranges: [[{ subnet: POD_NETWORK, gateway: NODE_ADDRESS }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      redirection,
    ],
  };
}

/** Makes the images of an archive known to the cluster. */
export async function importArchive(tools: HostTools, archive: string): Promise<void> {
  await ctr(tools, "images", "import", archive);
}

/** The references of all images that the cluster has. */
export async function importedImages(tools: HostTools): Promise<Set<string>> {
  return new Set((await ctr(tools, "images", "list", "--quiet")).split("\n"));
}

function ctr(tools: HostTools, ...args: string[]): Promise<string> {
  return runTool(tools, "ctr", ["--address", containerdSocket, "--namespace", "k8s.io", ...args]);
}
