import { rm } from "node:fs/promises";
import type { Step } from "../step.ts";
import { areBuilt, ensurePrograms } from "../toolchain.ts";
import { ensureCertificates } from "./certificates.ts";
import { makeCgroup } from "./cgroup.ts";
import { configureContainerd, containerd, importArchive, importedImages } from "./containerd.ts";
import { apiServer, controllerManager, etcd, scheduler } from "./control-plane.ts";
import { admitPods } from "./firewall.ts";
import { areHostToolsThere, hostTools } from "./host-tools.ts";
import { importPlatformImages, platformImages, platformPrograms } from "./images.ts";
import { changedSettings, readSettings, writeSettings } from "./kernel-settings.ts";
import { writeKubeconfigs } from "./kubeconfig.ts";
import { clusterFolder, kubeconfigPath } from "./layout.ts";
import { clear } from "./leftovers.ts";
import { requireFreePorts, requireMachine, requireNoOther, requireNoOtherCommand } from "./machine.ts";
import { makeBridge, networkSettings } from "./network.ts";
import { configureNode, kubelet, kubeProxy } from "./node.ts";
import { applyPlatform, isPlatformReady, platformReady } from "./platform.ts";
import { type Component, launch, recordOf } from "./processes.ts";
import { bootId, readRecord, recordProcess, writeRecord } from "./record.ts";
import { isRunning } from "./status.ts";
import { together } from "./wait.ts";

export { kubeconfigPath as kubeconfig } from "./layout.ts";
export { type ClusterStatus, type ComponentStatus, status } from "./status.ts";

const nodePrograms = ["kubernetes", "kubelet", "kube-proxy", "kubectl"] as const;
const programs = [...nodePrograms, ...platformPrograms];

/** What it takes to have the local cluster run. On a running one every step is done already. */
export function startSteps(): Step[] {
  return [
    { title: "Check that this machine can run the local cluster", run: check },
    {
      title: "Build Kubernetes and its platform from source (half an hour the first time)",
      done: () => areBuilt(programs),
      run: async (say) => void (await ensurePrograms(programs, say)),
    },
    {
      title: "Unpack containerd and its tools from Debian",
      done: areHostToolsThere,
      run: async (say) => void (await hostTools(say)),
    },
    { title: "Clear what an interrupted cluster left", done: nothingLeft, run: clearLeftovers },
    { title: "Start etcd, the API server and containerd", done: isRunning, run: startFoundation },
    { title: "Start the controllers and the node", done: isRunning, run: startNode },
    { title: "Install the platform: DNS, metrics, rollouts, volumes", done: isReady, run: installPlatform },
  ];
}

/** What it takes to have it stopped. */
export function stopSteps(): Step[] {
  return [{ title: "Stop the local cluster", done: isStopped, run: stop }];
}

async function isStopped(): Promise<boolean> {
  return (await readRecord())?.folder !== clusterFolder;
}

/** Ends the cluster of this checkout. Its data stay. Without one that runs there is nothing to do. */
export async function stop(): Promise<void> {
  const record = await readRecord();
  if (record?.folder === clusterFolder) {
    requireMachine();
    await requireNoOtherCommand(record);
    await clear(await hostTools(), record);
    // Its address belongs to nobody now, and must not be asked for out on the network.
    await rm(kubeconfigPath, { force: true });
  }
}

/** Ends the cluster of this checkout and removes its data. */
export async function reset(): Promise<void> {
  await stop();
  await rm(clusterFolder, { recursive: true, force: true });
}

/** Makes the images of a docker-archive known to the running cluster. */
export async function importImage(archive: string): Promise<void> {
  await importArchive(await hostTools(), archive);
}

/** Whether the running cluster has all of these images. */
export async function hasImages(references: readonly string[]): Promise<boolean> {
  const there = await importedImages(await hostTools());
  return references.every((reference) => there.has(reference));
}

async function check(): Promise<void> {
  requireMachine();
  const record = await readRecord();
  await requireNoOther(record);
  await requireNoOtherCommand(record);
}

async function nothingLeft(): Promise<boolean> {
  return (await readRecord()) === undefined || (await isRunning());
}

async function clearLeftovers(): Promise<void> {
  const record = await readRecord();
  if (record) {
    await clear(await hostTools(), record);
  }
}

/** Ready since its own start: of the time before, the API server's word is not taken. */
async function isReady(): Promise<boolean> {
  const record = await readRecord();
  return record !== undefined && (await isRunning()) && (await isPlatformReady(new Date(record.started)));
}

async function startFoundation(say: (line: string) => void): Promise<void> {
  const [tools, { kubernetes }, images] = await Promise.all([
    hostTools(),
    ensurePrograms(["kubernetes"]),
    platformImages(),
  ]);
  await openRecord();
  await together(
    ensureCertificates(tools),
    configureContainerd(tools, images.pause),
    makeCgroup(),
    makeBridge(tools).then(requireFreePorts),
  );
  await together(writeKubeconfigs(), writeSettings(networkSettings), admitPods(tools));
  await together(
    startAll([etcd(kubernetes)]).then(() => startAll([apiServer(kubernetes)])),
    startAll([containerd(tools)]).then(() => importPlatformImages(tools, say)),
  );
}

/** Before anything is changed on this machine, so that whatever interrupts the start can be cleared. */
async function openRecord(): Promise<void> {
  const settings = await readSettings(changedSettings);
  writeRecord({
    folder: clusterFolder,
    boot: await bootId(),
    started: new Date().toISOString(),
    startedBy: await recordOf(process.pid),
    processes: {},
    settings,
  });
}

async function startNode(): Promise<void> {
  const [tools, paths] = await Promise.all([hostTools(), ensurePrograms(nodePrograms), configureNode()]);
  await startAll([
    controllerManager(paths.kubernetes),
    scheduler(paths.kubernetes),
    kubelet(paths.kubelet, tools),
    kubeProxy(paths["kube-proxy"], tools),
  ]);
}

async function startAll(components: readonly Component[]): Promise<void> {
  await together(...components.map((component) => launch(component, recordProcess)));
}

async function installPlatform(): Promise<void> {
  const record = await readRecord();
  await applyPlatform();
  await platformReady(new Date(record?.started ?? 0));
}
