import { readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { containerdSocket, inRun } from "./layout.ts";
import { end, type ProcessRecord, recordOf } from "./processes.ts";

/** Ends the processes that stand between our containerd and its containers, which outlive it. */
export async function endShims(): Promise<void> {
  await end(await shims());
}

/** How many there are. Each ends by itself when its pod's processes have ended. */
export async function countShims(): Promise<number> {
  return (await shims()).length;
}

async function shims(): Promise<ProcessRecord[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(ids.map(async (id) => ((await isShim(id)) ? recordOf(id) : undefined)));
  return found.filter((record) => record !== undefined);
}

async function isShim(id: number): Promise<boolean> {
  const line = await readFile(join("/proc", `${id}`, "cmdline"), "utf8").catch(() => "");
  return isShimOf(containerdSocket, line.split("\0"));
}

/** Whether a command line is that of a shim of the containerd at this socket. */
export function isShimOf(socket: string, [program = "", ...args]: readonly string[]): boolean {
  return program.endsWith("containerd-shim-runc-v2") && args[args.indexOf("-address") + 1] === socket;
}

/** Shims have their sockets in a folder that all containerds of the machine share; each task names its own. */
export async function removeShimSockets(): Promise<void> {
  const tasks = inRun("containerd", "io.containerd.runtime.v2.task", "k8s.io");
  for (const task of await readdir(tasks).catch(() => [])) {
    const address = await readFile(join(tasks, task, "address"), "utf8").catch(() => "");
    if (address.startsWith("unix:///run/containerd/s/")) {
      await rm(address.slice("unix://".length), { force: true });
    }
  }
  // Removed only when empty, that is when no other containerd uses them.
  for (const folder of ["/run/containerd/s", "/run/containerd"]) {
    await rmdir(folder).catch(() => {});
  }
}
