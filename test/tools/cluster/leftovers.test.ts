import { expect, test } from "@jest/globals";
import { cgroupMounts } from "../../../tools/cluster/cgroup.ts";
import { mountPoints } from "../../../tools/cluster/mounts.ts";
import { isShimOf } from "../../../tools/cluster/shims.ts";
import { ownResults } from "../../../tools/cluster/traces.ts";

test("only mounts beneath our own folders are ours, the latest first", () => {
  const mountinfo = [
    "1 0 8:1 / / rw - ext4 /dev/a rw",
    "2 1 0:5 / /run/pressurevalve/netns/a rw - nsfs nsfs rw",
    "3 1 0:6 / /home/a\\040b/.local/cluster/kubelet/pods/c rw - tmpfs tmpfs rw",
    "4 1 0:7 / /run/pressurevalve-of-another rw - tmpfs tmpfs rw",
    "5 1 0:8 / /run/pressurevalve rw - tmpfs tmpfs rw",
  ].join("\n");
  expect(mountPoints(mountinfo, ["/home/a b/.local/cluster", "/run/pressurevalve"])).toEqual([
    "/home/a b/.local/cluster/kubelet/pods/c",
    "/run/pressurevalve/netns/a",
  ]);
});

test("control groups of both versions are found", () => {
  const mounts = [
    "tmpfs /sys/fs/cgroup tmpfs rw 0 0",
    "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0",
    "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0",
  ].join("\n");
  expect(cgroupMounts(mounts)).toEqual(["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"]);
});

test("the shims of another containerd are not ours", () => {
  const shim = ["/usr/bin/containerd-shim-runc-v2", "-namespace", "k8s.io", "-address"];
  expect(isShimOf("/run/ours.sock", [...shim, "/run/ours.sock"])).toBe(true);
  expect(isShimOf("/run/ours.sock", [...shim, "/run/containerd/containerd.sock"])).toBe(false);
  expect(isShimOf("/run/ours.sock", ["/usr/bin/vim", "-address", "/run/ours.sock"])).toBe(false);
});

test("network results of our pods go, their loopback's too; those of other networks stay", () => {
  const names = ["pressurevalve-ab1-eth0", "cni-loopback-ab1-lo", "cni-loopback-cd2-lo", "flannel-cd2-eth0"];
  expect(ownResults(names)).toEqual(["pressurevalve-ab1-eth0", "cni-loopback-ab1-lo"]);
});
