import { readdir, readlink, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";

/** Removes what the kubelet and the CNI library put where nobody can tell them not to. What others put there stays. */
export async function removeTraces(clusterFolder: string): Promise<void> {
  await removeNetworkResults();
  await removeLogLinks(clusterFolder);
  await rm("/var/lib/kubelet/device-plugins/kubelet.sock", { force: true });
  for (const folder of shared) {
    // Only an empty folder can be removed, so one that somebody uses stays.
    await rmdir(folder).catch(() => {});
  }
}

const results = "/var/lib/cni/results";
const logs = "/var/log/containers";
const shared = [results, "/var/lib/cni", logs, "/var/lib/kubelet/device-plugins", "/var/lib/kubelet"];

async function removeNetworkResults(): Promise<void> {
  await Promise.all(ownResults(await entries(results)).map((name) => rm(join(results, name))));
}

/** The result files of our network, and those of the loopback interface of the same pods, which name no network. */
export function ownResults(names: readonly string[]): string[] {
  const ids = names.flatMap((name) => /^pressurevalve-(?<id>[0-9a-f]+)-eth0$/.exec(name)?.groups?.id ?? []);
  const ours = new Set(ids.flatMap((id) => [`pressurevalve-${id}-eth0`, `cni-loopback-${id}-lo`]));
  return names.filter((name) => ours.has(name));
}

async function removeLogLinks(clusterFolder: string): Promise<void> {
  for (const name of await entries(logs)) {
    const target = await readlink(join(logs, name)).catch(() => "");
    if (target.startsWith(`${clusterFolder}/`)) {
      await rm(join(logs, name));
    }
  }
}

function entries(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
