import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CGROUP } from "./layout.ts";
import { end, type ProcessRecord, recordOf } from "./processes.ts";
import { together, until } from "./wait.ts";

/** Makes the control group that the kubelet puts the pods under: one folder, or with cgroup v1 one a controller. */
export async function makeCgroup(): Promise<void> {
  const folders = (await hierarchies()).map((mount) => join(mount, CGROUP));
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  await Promise.all(folders.map(weigh));
}

/**
 * Gives all pods together ten times the share of a process beside them. A new group counts as one process, however many it
 * holds: while `pulumi up` or a compiler was busy, pods of a shop that was under load were not heard for a second.
 */
export async function weigh(folder: string): Promise<void> {
  for (const [file, share] of Object.entries(tenfold)) {
    const path = join(folder, file);
    if (existsSync(path)) await writeFile(path, share);
  }
}

/** Ten times the default, by control groups v1 and v2. https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu */
const tenfold = { "cpu.shares": "10240", "cpu.weight": "1000" };

/** Ends every process of every pod and removes the control groups. PostgreSQL gets the time to stop cleanly. */
export async function endPods(): Promise<void> {
  // A container that was being started meanwhile has processes that the first look did not see.
  await until("the pods to end", async () => {
    await end(await podProcesses());
    return areRemoved((await hierarchies()).map((mount) => join(mount, CGROUP)));
  });
}

async function areRemoved(groups: readonly string[]): Promise<boolean> {
  try {
    await together(...groups.map(removeTree));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

async function podProcesses(): Promise<ProcessRecord[]> {
  const ids = new Set<number>();
  for (const mount of await hierarchies()) {
    for (const folder of await tree(join(mount, CGROUP))) {
      const listed = await readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "");
      listed
        .split("\n")
        .filter(Boolean)
        .forEach((id) => {
          ids.add(Number(id));
        });
    }
  }
  return [...ids].map(recordOf).filter((record) => record !== undefined);
}

async function hierarchies(): Promise<string[]> {
  return cgroupMounts(await readFile("/proc/self/mounts", "utf8"));
}

/** The mount points of all control group hierarchies among the lines of /proc/self/mounts. */
export function cgroupMounts(mounts: string): string[] {
  const fields = mounts.split("\n").map((line) => line.split(" "));
  return fields
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .map(([, point]) => `${point}`);
}

/** The folder and all beneath it, the deepest first; empty when it is not there. */
async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) {
    return [];
  }
  const children = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => tree(join(folder, entry.name)));
  return [...(await Promise.all(children)).flat(), folder];
}

async function removeTree(root: string): Promise<void> {
  for (const folder of await tree(root)) {
    // The runtime, where it still lives, takes the group of a container that ended itself.
    await rmdir(folder).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
}
